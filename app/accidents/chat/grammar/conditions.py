"""What a question says of the rows that it is about: values, numbers, what is missing, what happened at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.accidents.chat.grammar import units, values
from app.accidents.chat.grammar.columns import is_counted, tokens, unit_of
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.senses import ColumnSense, NumberSense, Rank, ValueSense
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import Field, Filter, Op, Part, Value

_OPS = {"ge": Op.AT_LEAST, "gt": Op.ABOVE, "le": Op.AT_MOST, "lt": Op.BELOW}
_TURNED = {Op.IS: Op.IS_NOT, Op.IN: Op.NOT_IN}
_OPS_KO = {
    Op.AT_LEAST: "{} 이상",
    Op.ABOVE: "{} 초과",
    Op.AT_MOST: "{} 이하",
    Op.BELOW: "{} 미만",
    Op.IS: "{}",
}
_OPS_EN = {
    Op.AT_LEAST: "at least {}",
    Op.ABOVE: "more than {}",
    Op.AT_MOST: "at most {}",
    Op.BELOW: "less than {}",
    Op.IS: "of {}",
}
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NONE = {"none", "no", "없음", "무", "미가입", "해당없음", "해당 없음", "n/a"}
_PEOPLE = {"patient", "patients", "people", "student", "students", "employee", "employees", "customer", "customers", "rider", "riders", "users", "user",
    "member", "members", "passenger", "passengers", "driver", "drivers", "person", "persons", "staff", "those", "guest", "guests", "visitors"}  # fmt: skip
_UNIT_TERMS = {
    "unit_age": "age", "unit_score": "rating", "unit_won": "amount", "unit_km": "distance", "unit_m": "distance",
    "unit_minute": "duration", "unit_hour": "duration", "unit_second": "duration", "unit_kg": "weight", "unit_celsius": "temperature",
}  # fmt: skip


def show(number: float) -> str:
    """Return a number without a needless point."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,g}"


class Conditions:
    """Makes conditions of values, numbers and missing values, and marks their words as used."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text

    # -- values ------------------------------------------------------------------------------------------

    def of_values(self) -> list[Condition]:
        """Return a condition for each value that the question names; values of one field join."""
        senses: list[tuple[Item, ValueSense, bool]] = []
        for item in self.items:
            if item.used or not item.values or self._is_column_word(item):
                continue
            sense = self._chosen(item)
            item.used = True
            senses.append((item, sense, self._negated(item)))
        return self._spread(senses)

    def _is_column_word(self, item: Item) -> bool:
        """Tell whether a word that names both a column and a value is the column here."""
        if not item.columns or min(s.rank for s in item.columns) > min(s.rank for s in item.values):
            return False
        return min(s.rank for s in item.columns) < min(s.rank for s in item.values) or self._is_asked(item)

    def _is_asked(self, item: Item) -> bool:
        after, before = self.items.after(item), self.items.before(item)
        return bool(
            (after and after.says("each")) or (before and before.says("each", "by", "wh", "mean", "sum"))
        )

    def _chosen(self, item: Item) -> ValueSense:
        """Return the value that a word names; raise Ambiguous where columns beside it do not decide."""
        senses = item.of(ValueSense)
        for neighbour in self._columns_beside(item):
            named = [s for s in senses if any(_of_column(s.field, c.field) for c in neighbour.columns)]
            if named:
                neighbour.used = True
                return min(named, key=lambda s: s.rank)
        best = item.values
        columns = list(dict.fromkeys(s.field.column for s in best))
        if len(columns) > 1:
            columns = self._preferred(item, best) or columns
        if len(columns) > 1:
            raise Ambiguous(item.mark.text, [Field(column) for column in columns], "value")
        own = [s for s in best if s.field.column == columns[0]]
        return max(own, key=lambda s: len(s.values))

    def _preferred(self, item: Item, senses: list[ValueSense]) -> list[str]:
        """Return the one column that the question names elsewhere, if exactly one is."""
        named = {c.field.column for other in self.items if other is not item for c in other.columns}
        chosen = [s.field.column for s in senses if s.field.column in named]
        chosen = chosen or self._hinted([s.field.column for s in senses])
        return chosen if len(set(chosen)) == 1 else []

    def _hinted(self, names: list[str]) -> list[str]:
        """Return the columns of which the question uses a word that the others have not: started at Museum."""
        own = {name: {w.casefold() for w in tokens(self.words.column(name).source_name)} for name in names}
        written = self.items.written
        hinted = []
        for name, words in own.items():
            others = set().union(*(own[other] for other in own if other != name))
            if any(
                w.isascii() and len(w) > 2 and re.search(rf"\b{re.escape(w)}", written)
                for w in words - others
            ):
                hinted.append(name)
        return hinted

    def _columns_beside(self, item: Item) -> Iterator[Item]:
        """Yield the words for columns next to a value: 사고유형이 차대사람인, branch A, A 지점."""
        before = self.items.before(item)
        while before and (before.says("eq", "wh") or (before.used and not before.columns)):
            before = self.items.before(before)
        listed = before is not None and before.particle[:1] in {"와", "과", "랑"}
        for neighbour in (None if listed else before, self.items.after(item)):
            if neighbour and neighbour.columns and not neighbour.used:
                yield neighbour
        if (
            before and before.values and before.used
        ):  # the column of a list's first value: weather is 비 or 눈
            first = self.items.before(before)
            if first and first.columns:
                yield first

    def _negated(self, item: Item) -> bool:
        """Tell whether a word for 'not' belongs to a value: 비가 아닌, except rain, excluding rain."""
        after, before = self.items.after(item), self.items.before(item)
        column = None
        if before and before.columns and before.used:
            column, before = before, self.items.before(before)
        if after and after.columns and after.used and not after.values:
            after = self.items.after(after)
        for word in (after, before, self.items.after(column) if column else None):
            if (
                word
                and word.says("not", "without")
                and not word.used
                and self._turned(word, item, is_after=word is after)
            ):
                word.used = True
                return True
        return False

    def of_time(self, condition: Condition) -> Condition:
        """Return a condition on time, turned where a word for 'not' belongs to it: not on weekends, 6월을 제외한."""
        item = next((each for each in self.items if each.mark.start == condition.at), None)
        filters = condition.filters
        if item is None or len(filters) != 1 or filters[0].op not in _TURNED or not self._negated(item):
            return condition
        turned = replace(filters[0], op=_TURNED[filters[0].op])
        ko, en = f"{condition.ko} 아님", f"not {condition.en}"
        return replace(condition, filters=(turned,), ko=ko, en=en, negated=True)

    def _turned(self, word: Item, item: Item, *, is_after: bool) -> bool:
        """Tell whether a word for 'not' looks in the direction of a value, as its language has it."""
        english = word.mark.text.isascii()
        if english != (not is_after):
            return False
        return not (word.says("without") and not english and item.particle[:1] == "에")

    def _spread(self, senses: list[tuple[Item, ValueSense, bool]]) -> list[Condition]:
        """Join the values of one field; a 'not' at one end of a list is for the whole list."""
        groups: list[list[tuple[Item, ValueSense, bool]]] = []
        for entry in senses:
            last = groups[-1] if groups else None
            if last and last[-1][1].field == entry[1].field and self._listed(last[-1][0], entry[0]):
                last.append(entry)
            else:
                groups.append([entry])
        conditions = []
        for group in groups:
            negated = any(entry[2] for entry in group)
            conditions += [self._of_value(item, sense, negated=negated) for item, sense, _ in group]
        return conditions

    def _listed(self, first: Item, second: Item) -> bool:
        between = self.items.all[first.number + 1 : second.number]
        return all(
            item.used or item.says("or", "and", "not", "with", "rows") or item.is_rows for item in between
        )

    def _of_value(self, item: Item, sense: ValueSense, *, negated: bool) -> Condition:
        named: tuple[Value, ...] = sense.values
        weekday = sense.field.part is Part.WEEKDAY
        if weekday:
            named = tuple(int(value) for value in sense.values)
        single = len(named) == 1
        op = (Op.IS_NOT if single else Op.NOT_IN) if negated else (Op.IS if single else Op.IN)
        slot = (
            "weekday"
            if weekday or self.words.part_column(Part.WEEKDAY) == self.words.column(sense.field.column)
            else f"value:{sense.field.column}"
        )
        column = "" if weekday else self.words.column(sense.field.column).source_name
        ko = f"{column} {sense.label}".strip() + (" 아님" if negated else "")
        label = _WEEKDAYS_EN[int(sense.values[0]) - 1] if weekday else sense.label
        en = ("not " if negated else "") + f"{column} {label}".strip()
        return Condition(
            Kind.VALUE,
            slot,
            (Filter(sense.field, op, named),),
            ko,
            en,
            negated,
            item.mark.start,
            field=sense.field,
        )

    # -- numbers -----------------------------------------------------------------------------------------

    def of_numbers(self) -> list[Condition]:
        """Return a condition for each number that the question compares a column with."""
        conditions = []
        for item in self.items:
            if item.used or item.number_written is None or item.values or item.columns:
                continue
            condition = self._of_number(item)
            if condition:
                conditions.append(condition)
        return conditions

    def _of_number(self, item: Item) -> Condition | None:
        group = self.unit_behind(item)
        op_item, op = self.comparison(item, group)
        second = self._second(item, group)
        column = self._column_of(item, group, compared=op_item is not None or second is not None)
        if column is None:
            return None
        number = self._scaled(item.number_written or 0.0, item, column)
        for used in (item, *group, op_item):
            if used is not None:
                used.used = True
        number = units.converted(number, group[0] if group else None, column)
        sense = item.first(NumberSense)
        if sense is not None and sense.decade:
            return self._between(column, number, number + 9, item)
        if second is not None:
            return self._between(
                column, number, self._scaled(second.number_written or 0.0, second, column), item
            )
        if not column.type.is_numeric:
            return self._of_code(column, item)
        ko = f"{column.source_name} " + _OPS_KO[op].format(show(number))
        en = f"{column.source_name} " + _OPS_EN[op].format(show(number))
        filters = (Filter(Field(column.name), op, (number,)),)
        negated = op is Op.IS and self._negated(group[-1] if group else item)
        if negated:
            filters, ko, en = (Filter(Field(column.name), Op.IS_NOT, (number,)),), f"{ko} 아님", f"not {en}"
        return Condition(
            Kind.NUMBER,
            f"value:{column.name}",
            filters,
            ko,
            en,
            negated,
            item.mark.start,
            field=Field(column.name),
        )

    def _of_code(self, column: Column, item: Item) -> Condition:
        text = item.mark.text
        label = f"{column.source_name} {text}"
        return Condition(
            Kind.VALUE,
            f"value:{column.name}",
            (Filter(Field(column.name), Op.IS, (text,)),),
            label,
            label,
            at=item.mark.start,
            field=Field(column.name),
        )

    @staticmethod
    def _scaled(number: float, item: Item, column: Column) -> float:
        sense = item.first(NumberSense)
        share = bool(sense and sense.percent) and column.unit == "%" and float(column.max or 0) <= 1
        return number / 100 if share else number

    def _between(self, column: Column, first: float, last: float, item: Item) -> Condition:
        ko = f"{column.source_name} {show(first)}~{show(last)}"
        en = f"{column.source_name} between {show(first)} and {show(last)}"
        filters = (Filter(Field(column.name), Op.BETWEEN, (first, last)),)
        return Condition(
            Kind.NUMBER, f"value:{column.name}", filters, ko, en, at=item.mark.start, field=Field(column.name)
        )

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

    def _second(self, item: Item, group: list[Item]) -> Item | None:
        """Return the other end of a span of numbers: between 5 and 10, 5에서 10 사이, 5~10."""
        last = group[-1] if group else item
        following = self.items.after(last)
        words = []
        while following and following.says("and", "until", "or"):
            words.append(following)
            following = self.items.after(following)
        if not following or following.number_written is None or following.used:
            return None
        unit = self.items.after(following)
        tail = self.items.after(unit) if unit and any(w.startswith("unit_") for w in unit.words) else unit
        before = self.items.before(item)
        opened = before is not None and before.says("between", "since")
        closed = tail is not None and tail.says("between", "until")
        dash = bool(words) and words[0].mark.text.casefold() in {"to", "through"}
        if not (
            opened
            or closed
            or dash
            or last.particle.startswith(("에서", "부터"))
            or "~" in self._text(last, following)
        ):
            return None
        for used in (
            following,
            *words,
            *([before] if opened and before else []),
            *([tail] if closed and tail else []),
        ):
            used.used = True
        if unit and any(w.startswith("unit_") for w in unit.words):
            unit.used = True
        return following

    def _text(self, first: Item, second: Item) -> str:
        places = self.text.places
        return self.text.written[places[first.mark.end - 1] + 1 : places[second.mark.start]]

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

    # -- missing, and what happened at all ----------------------------------------------------------------

    def of_missing(self) -> list[Condition]:
        """Return a condition for each column that is said to be empty or filled."""
        conditions = []
        for name in ("present", "missing"):
            for item in self.items.saying(name):
                column = self._beside(item)
                if column is None:
                    continue
                item.used = column.used = True
                negated = self._negated_word(item)
                conditions.append(self._missing(column, missing=(name == "missing") != negated))
        conditions += self._filled()
        for item in self.items.saying("without"):
            column = self._beside(item)
            if column is not None and not self._countable(column):
                self._refuse_none_or_missing(column)
                if self._has_nothing_missing(column):
                    continue
                item.used = column.used = True
                conditions.append(self._labelled_none(column) or self._missing(column, missing=True))
        return conditions

    def _refuse_none_or_missing(self, item: Item) -> None:
        """Raise NoPlace where 'without' may mean 0 or missing, and the column has both."""
        column = self.words.column(item.columns[0].field.column)
        if _may_be_none(column) and column.missing:
            name = column.source_name
            raise NoPlace(item.mark.text, (f"{name} = 0", f"{name} 값 없음 / missing"))

    def _has_nothing_missing(self, item: Item) -> bool:
        """Tell whether a column of numbers has zeros and no gaps, so that 'without' means 0."""
        column = self.words.column(item.columns[0].field.column)
        return _may_be_none(column) and not column.missing

    def _labelled_none(self, item: Item) -> Condition | None:
        """Return the condition for a value that itself says 'none', where a column has one."""
        for sense in item.columns:
            column = self.words.column(sense.field.column)
            label = next((v for v in values.labels_of(column) if v.casefold() in _NONE), None)
            if label is not None and not column.missing:
                phrase = f"{column.source_name} {label}"
                filters = (Filter(Field(column.name), Op.IS, (label,)),)
                return Condition(
                    Kind.VALUE,
                    f"value:{column.name}",
                    filters,
                    phrase,
                    phrase,
                    at=item.mark.start,
                    field=Field(column.name),
                )
        return None

    def _filled(self) -> list[Condition]:
        """Return a condition for each column of text that rows are said to have: 메모가 있는 주문, orders with a note."""
        conditions = []
        for item in self.items.saying("with"):
            column = self._beside(item)
            after = self.items.after(column) if column else None
            described = after is not None and (
                after.values or after.is_unknown or after.number_written is not None or after.says("eq")
            )
            if (
                column is None
                or described
                or item.mark.text.casefold() not in {"with", "having", "있는", "있던"}
            ):
                continue
            named = self.words.column(column.columns[0].field.column)
            if named.type is Type.TEXT and named.missing and not values.flags(named):
                item.used = column.used = True
                conditions.append(self._missing(column, missing=False))
        return conditions

    def _negated_word(self, item: Item) -> bool:
        after, before = self.items.after(item), self.items.before(item)
        for word in (after, before):
            if word and word.says("not") and not word.used:
                word.used = True
                return True
        return False

    def _beside(self, item: Item) -> Item | None:
        """Return the word for a column that a word about emptiness belongs to."""
        korean = not item.mark.text.isascii()
        for step in (
            (self.items.before, self.items.after) if korean else (self.items.after, self.items.before)
        ):
            other = step(item)
            while other and (
                other.says("column_word", "with", "wh", "missing", "kinds", "each") and not other.columns
            ):
                other = step(other)
            if other and other.columns and not other.used and not other.values:
                return other
        return None

    def _missing(self, item: Item, *, missing: bool) -> Condition:
        columns = list(dict.fromkeys(sense.field.column for sense in item.columns))
        if len(columns) > 1:
            raise Ambiguous(item.mark.text, [Field(column) for column in columns], "column")
        name = self.words.column(columns[0]).source_name
        ko, en = (f"{name} 없음", f"{name} missing") if missing else (f"{name} 있음", f"{name} present")
        filters = (Filter(Field(columns[0]), Op.MISSING if missing else Op.PRESENT),)
        return Condition(
            Kind.MISSING,
            f"missing:{columns[0]}",
            filters,
            ko,
            en,
            at=item.mark.start,
            field=Field(columns[0]),
        )

    def _countable(self, item: Item) -> bool:
        return any(is_counted(self.words.column(sense.field.column)) for sense in item.columns)

    def of_events(self) -> list[Condition]:
        """Return a condition for each column that is used as an adjective: 사망사고, fatal accidents, 회원 주문."""
        conditions = []
        for item in self.items:
            if item.used or not item.columns or item.values:
                continue
            column = self.words.column(item.columns[0].field.column)
            flag = values.flags(column)
            if flag and self._is_adjective(item, of_flag=True):
                conditions.append(self._flag(item, column, flag))
            elif self._has_happened(item, column):
                conditions.append(self._happened(item, column))
        return conditions

    def _has_happened(self, item: Item, column: Column) -> bool:
        """Tell whether a word for a column of numbers says that rows have some of it."""
        if is_counted(column) and self._is_adjective(item, of_flag=False):
            return True
        return _may_be_none(column) and self._is_had(item)

    def _is_adjective(self, item: Item, *, of_flag: bool) -> bool:
        """Tell whether a word says of rows what they are, by what stands beside it."""
        after, before = self.items.after(item), self.items.before(item)
        rate = after is not None and after.says("rate") and (after.mark.joined or after.mark.text.isascii())
        if rate or any(sense.adjective for sense in item.columns):
            return True
        if self._beside_rows(item, after):
            return not (before and before.says("mean", "sum", "median")) and not (
                after and after.mark.text == "건수"
            )
        with_word = (before and before.says("with", "without")) or (after and after.says("with", "without"))
        if with_word and not any(other.number_written is not None for other in (after, before) if other):
            return True
        if of_flag:
            return not (after and (after.says("each", "distinct", "kinds", "missing"))) and not (
                before and before.says("each", "by", "per") and before.mark.text.isascii()
            )
        return False

    def _beside_rows(self, item: Item, after: Item | None) -> bool:
        """Tell whether the noun for rows follows directly: 사망사고, deadly accidents."""
        if after is None or not after.is_rows or item.comma:
            return False
        if item.mark.text.isascii() and self._text(item, after).strip(" -"):
            return False  # died in accidents
        return item.particle == "" or item.particle[:1] in {"인", "의"} or item.particle in {"이었던", "였던"}

    def _is_had(self, item: Item) -> bool:
        """Tell whether rows are said to have some of a column: 할인받은 주문, orders with a discount."""
        after, before = self.items.after(item), self.items.before(item)
        if before and before.says("mean", "sum", "median", "max", "min"):
            return False
        if any(each is not None and each.says("never") for each in (before, after)):
            return True
        if item.particle in {"받은", "된", "한", "되는", "있는"} and after is not None and after.is_rows:
            return True
        return bool(before and before.says("with", "without") and before.mark.text.isascii()) or bool(
            after and after.says("with", "without") and not after.mark.text.isascii()
        )

    def _flag(self, item: Item, column: Column, flag: tuple[str, str]) -> Condition:
        negated = self._negated(item) or self._without(item)
        item.used = True
        label = flag[1] if negated else flag[0]
        phrase = f"{column.source_name} {label}"
        filters = (Filter(Field(column.name), Op.IS, (label,)),)
        return Condition(
            Kind.VALUE,
            f"value:{column.name}",
            filters,
            phrase,
            phrase,
            at=item.mark.start,
            field=Field(column.name),
        )

    def _without(self, item: Item) -> bool:
        if self._never(item):
            return True
        for word in (self.items.after(item), self.items.before(item)):
            if word and word.says("with", "without") and not word.used:
                word.used = True
                return word.says("without")
        return False

    def _never(self, item: Item) -> bool:
        """Tell whether rows never had any of a column: 결석을 한 번도 안 한."""
        for word in (self.items.after(item), self.items.before(item)):
            if word is not None and word.says("never") and not word.used:
                word.used = True
                behind = self.items.after(word)
                for each in (behind, self.items.after(behind)):
                    if each is not None and each.says("not", "without") and not each.used:
                        each.used = True
                return True
        return False

    def _happened(self, item: Item, column: Column) -> Condition:
        negated = self._without(item) or self._negated(item)
        item.used = True
        if negated:
            filters = (Filter(Field(column.name), Op.IS, (0,)),)
            return Condition(
                Kind.EVENT,
                f"value:{column.name}",
                filters,
                f"{column.source_name} 0",
                f"{column.source_name} 0",
                at=item.mark.start,
            )
        op, least = (Op.AT_LEAST, 1) if column.type is Type.INTEGER else (Op.ABOVE, 0)
        filters = (Filter(Field(column.name), op, (least,)),)
        ko = f"{column.source_name} {_OPS_KO[op].format(least)}"
        en = f"{column.source_name} {_OPS_EN[op].format(least)}"
        return Condition(
            Kind.EVENT, f"value:{column.name}", filters, ko, en, at=item.mark.start, field=Field(column.name)
        )


def _may_be_none(column: Column) -> bool:
    """Tell whether a column of numbers has rows with nothing of it."""
    return column.is_measure and column.min is not None and float(column.min) == 0


def _of_column(field: Field, named: Field) -> bool:
    """Tell whether a value's field belongs to a column or level that was named."""
    return field.column == named.column and (named.part is Part.VALUE or named == field)


def joined(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return conditions with several values of one field as one that allows each of them."""
    out: list[Condition] = []
    for condition in conditions:
        place = next((i for i, other in enumerate(out) if _joins(other, condition)), None)
        if any((other.filters, other.reference) == (condition.filters, condition.reference) for other in out):
            continue
        if place is None:
            out.append(condition)
        else:
            out[place] = _either(out[place], condition)
    return tuple(out)


def _joins(left: Condition, right: Condition) -> bool:
    """Tell whether two conditions are one list: values of one field, single times of one fineness."""
    if left.slot != right.slot or left.negated != right.negated or left.kind is not right.kind:
        return False
    if left.kind is Kind.PERIOD:
        return (
            left.level == right.level
            and len(left.filters) == 1 == len(right.filters)
            and _listable(left)
            and _listable(right)
        )
    plain = not (left.filters[0].others or right.filters[0].others)
    return left.kind is Kind.VALUE and plain and left.filters[0].field == right.filters[0].field


def _listable(condition: Condition) -> bool:
    return condition.filters[0].op in {Op.IS, Op.IN}


def _either(left: Condition, right: Condition) -> Condition:
    first, second = left.filters[0], right.filters[0]
    values_of = tuple(dict.fromkeys((*first.values, *second.values)))
    op = Op.NOT_IN if left.negated else Op.IN
    tail_ko, tail_en = right.ko, right.en
    link = "and" if left.negated else "or"
    return replace(
        left,
        filters=(Filter(first.field, op, values_of),),
        ko=f"{left.ko}, {tail_ko}",
        en=f"{left.en} {link} {tail_en}",
    )
