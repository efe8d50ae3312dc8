"""The column that a number is of: beside it, by its unit, or by what is counted."""

from __future__ import annotations

from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.columns import unit_of
from app.accidents.chat.grammar.conditions.neighbours import Neighbours
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.senses import ColumnSense, NumberSense, Rank
from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import Field, Op

_OPS = {"ge": Op.AT_LEAST, "gt": Op.ABOVE, "le": Op.AT_MOST, "lt": Op.BELOW}
_PEOPLE = {"patient", "patients", "people", "student", "students", "employee", "employees", "customer", "customers", "rider", "riders", "users", "user",
    "member", "members", "passenger", "passengers", "driver", "drivers", "person", "persons", "staff", "those", "guest", "guests", "visitors"}  # fmt: skip
_UNIT_TERMS = {
    "unit_age": "age", "unit_score": "rating", "unit_won": "amount", "unit_km": "distance", "unit_m": "distance",
    "unit_minute": "duration", "unit_hour": "duration", "unit_second": "duration", "unit_kg": "weight", "unit_celsius": "temperature",
}  # fmt: skip


class NumberColumns(Neighbours):
    """Finds the columns that numbers are compared with."""

    def unit_behind(self, item: Item) -> list[Item]:
        """Return the unit behind a number."""
        after = self.items.after(item)
        return (
            [after]
            if after and not after.used and any(word.startswith("unit_") for word in after.words)
            else []
        )

    def comparison(self, item: Item, group: list[Item]) -> tuple[Item | None, Op]:
        """Return the word that compares a number, and how it does."""
        after = self.items.after(group[-1] if group else item)
        for word in (after, self.items.after(after) if after and after.columns else None):
            if (
                word
                and not word.used
                and word.says(*_OPS)
                and (not word.mark.text.isascii() or word.mark.text.casefold().startswith(("or ", "and ")))
            ):
                return word, next(_OPS[name] for name in _OPS if word.says(name))
        before = self.items.before(item)
        if (
            before
            and not before.used
            and before.says(*_OPS)
            and (before.mark.text.isascii() or before.mark.text in {"≥", "≤"})
        ):
            return before, next(_OPS[name] for name in _OPS if before.says(name))
        if before and not before.used and before.says("eq"):
            return before, Op.IS
        if after and not after.used and after.says("until"):
            return after, Op.AT_MOST
        return None, Op.IS

    def _column_of(self, item: Item, group: list[Item], *, compared: bool) -> Column | None:
        """Return the column that a number is of: the one beside it, or the one its unit belongs to."""
        neighbour = self._neighbour(item, group)
        column = self._numeric(neighbour)
        if neighbour is not None and column is not None:
            if compared or not self._is_measure(neighbour):
                neighbour.used = True
            return column
        unit = self._unit_of_number(item, group)
        return self._of_unit(unit, group) if unit else self._unnamed(item, group, compared=compared)

    def _neighbour(self, item: Item, group: list[Item]) -> Item | None:
        """Return the word for a column of numbers beside a number: before it in Korean, behind it in English."""
        korean = not self._english
        before = self._named(item, back=True)
        after = self._named(group[-1] if group else item, back=False)
        if korean and after is not None and after is self.items.after(item) and after.mark.joined:
            before = None  # 2반: the number is the class's
        pair = (before, after) if korean else (after, before)
        return next((each for each in pair if self._numeric(each) is not None), None)

    def _unit_of_number(self, item: Item, group: list[Item]) -> str | None:
        sense = item.first(NumberSense)
        if sense is not None and sense.decade:
            return "unit_age"
        unit = next((word for word in (group[0].words if group else ()) if word in _UNIT_TERMS), None)
        return unit or self._implied_unit(item, group)

    def _of_unit(self, unit: str, group: list[Item]) -> Column | None:
        called = {s.field.column for s in self._called(_UNIT_TERMS[unit])}
        named = [column for column in self.words.numbers if column.name in called]
        return named[0] if len(named) == 1 else self._by_unit(group)

    def _unnamed(self, item: Item, group: list[Item], *, compared: bool) -> Column | None:
        """Return the column that a number without any name is of."""
        own = self._by_unit(group) if group and compared else None
        if own is None and compared and self._of_people(item):
            own = self._one_called("age")
        if own is not None:
            return own
        if compared and self._of_items(item, group):
            return self._one_called("quantity")
        if group and not (group[0].says("unit_people") and compared):
            return None
        return self._only_number(item.number_written or 0.0) if compared or self._is_exact(item) else None

    def _by_unit(self, group: list[Item]) -> Column | None:
        """Return the one column whose values are in the unit behind a number: more than 10 days."""
        wanted = {units.wanted(word) for item in group for word in item.words} - {None}
        alike = [c for c in self.words.numbers if any(units.factor(unit_of(c), unit) for unit in wanted)]
        return alike[0] if len(alike) == 1 else None

    def _of_people(self, item: Item) -> bool:
        """Tell whether a bare number bounds people's age: patients under 18."""
        word = self.items.before(item)
        people = self.items.before(word) if word is not None else None
        says = word is not None and word.mark.text.casefold() in {
            "under",
            "over",
            "below",
            "above",
            "older than",
            "younger than",
        }
        whose = people is not None and (people.mark.text.casefold() in _PEOPLE or bool(people.values))
        return says and whose and 0 < (item.number_written or 0) <= 120

    def _implied_unit(self, item: Item, group: list[Item]) -> str | None:
        """Return the unit that a word of comparison implies: younger than 18."""
        word, _ = self.comparison(item, group)
        text = word.mark.text.casefold() if word else ""
        return next(
            (
                unit
                for stem, unit in (
                    ("young", "unit_age"),
                    ("older", "unit_age"),
                    ("cheap", "unit_won"),
                    ("expensive", "unit_won"),
                )
                if stem in text
            ),
            None,
        )

    def _of_items(self, item: Item, group: list[Item]) -> bool:
        """Tell whether a number counts items: 2개 이상, more than 2 items."""
        after = self.items.after(item)
        english = after is not None and after.mark.text.casefold() in {
            "items",
            "units",
            "pieces",
            "cups",
            "item",
            "products",
        }
        if english and after is not None:
            after.used = True
        return english or bool(group and (group[0].mark.text == "개" or group[0].says("unit_items")))

    def _one_called(self, term: str) -> Column | None:
        """Return the one column of numbers that a word names."""
        fields = {sense.field for sense in self._called(term)}
        named = [column for column in self.words.numbers if Field(column.name) in fields]
        return named[0] if len(named) == 1 else None

    def _called(self, term: str) -> list[ColumnSense]:
        senses = self.words.index.phrases.get((term,), [])
        return [sense for sense in senses if isinstance(sense, ColumnSense)]

    def _is_exact(self, item: Item) -> bool:
        """Tell whether a lone number ends what is said of rows: people are 28."""
        return item.number == len(self.items.all) - 1 and bool(self.items.verbs)

    def _only_number(self, number: float) -> Column | None:
        columns = [c for c in self.words.numbers if float(c.min or 0) <= number <= float(c.max or 0)]
        return columns[0] if len(columns) == 1 else None

    @property
    def _english(self) -> bool:
        return sum(item.mark.text.isascii() for item in self.items) * 2 > len(self.items.all)

    def _is_measure(self, item: Item) -> bool:
        """Tell whether a column beside a number is what is asked for, and no condition."""
        before = self.items.before(item)
        return bool(before and before.says("mean", "sum", "median", "max", "min"))

    def _named(self, item: Item, *, back: bool) -> Item | None:
        """Return the word for a column next to a number, past words of comparison."""
        step = self.items.before if back else self.items.after
        other = step(item)
        while (
            other
            and not other.columns
            and (
                other.says(*_OPS, "eq", "with", "between", "column_word", "wh", "rows")
                or (other.used and not other.values)
            )
        ):
            if other.says("rows") and not other.mark.text.isascii():
                break
            other = step(other)
        return other if other and other.columns else None

    def _numeric(self, item: Item | None) -> Column | None:
        if item is None:
            return None
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        if item.is_rows and min(sense.rank for sense in item.columns) > Rank.ALIAS:
            return None
        return next((c for c in columns if c.is_measure or (c.type is Type.TEXT and c.role == "id")), None)
