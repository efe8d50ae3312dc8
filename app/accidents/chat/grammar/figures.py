"""What a question wants computed, and the reading that comes of it."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.columns import ADDED, is_counted, tokens
from app.accidents.chat.grammar.dimensions import Dimensions
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.lexicon import term_key, terms
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace, Open, Why
from app.accidents.chat.grammar.reading import Ask, Condition, Direction, Figure, Reading
from app.accidents.chat.grammar.senses import ColumnSense, Rank
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Function, Part

_FUNCTIONS = {
    "median": Function.MEDIAN, "std": Function.DEVIATION, "mean": Function.MEAN, "sum": Function.SUM, "max": Function.MAX, "min": Function.MIN,
}  # fmt: skip
_IMPLIED = (
    (("비싸", "비싼", "priciest", "expensive", "cheap", "싸", "싼"), "price"),
    (("긴", "길", "오래", "long", "slow", "short", "짧"), "duration"),
    (("oldest", "youngest"), "age"),
    (("heaviest",), "weight"), (("tallest",), "height"), (("furthest", "farthest"), "distance"),
)  # fmt: skip
_LEVELS = (
    "rating", "age", "temperature", "price", "unit price", "speed", "height", "weight", "humidity", "duration", "waiting time",
    "blood pressure", "bmi", "distance", "salary", "tenure", "length of stay",
)  # fmt: skip
_PERIODS = {"perday": "day", "permonth": "month", "peryear": "year"}
Conditions = tuple[Condition, ...]


class Figures:
    """Finds the measure of a question and puts its reading together."""

    def __init__(self, items: Items, words: Vocabulary) -> None:
        self.items = items
        self.words = words
        self.fraction: float | None = None
        self.adjective: Item | None = None
        self.complete = False  # the question says by itself what it wants
        self.wants_column = False  # it names a function, but not of what
        self.notes: list[tuple[str, str]] = []

    def take_fraction(self) -> None:
        """Take a percentile's number: 90백분위수, 90th percentile, top quartile."""
        for item in self.items.saying("percentile", "quartile"):
            for number in (self.items.before(item), self.items.after(item)):
                if number and number.number_written is not None and not number.used:
                    scale = 4 if item.says("quartile") else 100
                    number.used = item.used = True
                    self.fraction = (
                        number.number_written / scale
                        if number.number_written > 1 or scale == 4
                        else number.number_written
                    )
                    return
        for item in self.items.free():
            if (
                item.number_written is not None
                and item.mark.text.casefold().startswith("p")
                and item.mark.text[1:].isdigit()
            ):
                item.used = True
                self.fraction = item.number_written / 100

    # -- the whole reading -----------------------------------------------------------------------------------

    def reading(
        self,
        dimensions: Dimensions,
        where: Conditions,
        part: Conditions,
        sides: Conditions,
        mode: str,
        *,
        is_share: bool,
        compared: bool,
    ) -> Reading | Open:
        """Return the reading of a question whose conditions and groups are taken."""
        special = self._special(where)
        if special is not None:
            return special
        per = self._per()
        figure = self._figure(dimensions, is_share=is_share)
        if isinstance(figure, Open):
            return figure
        base = Reading(
            Ask.FIGURE,
            figure,
            where,
            part,
            tuple(dimensions.groups),
            dimensions.direction,
            dimensions.limit,
            sides,
            mode,
            per,
        )
        base = replace(base, notes=tuple(self.notes), unit=self._unit())
        if figure.column and units.clash(base.unit, self.words.column(figure.column)):
            return Open(Why.NO_UNIT, units.shown(base.unit))
        return self._asked(base, dimensions, is_share=is_share, compared=compared)

    def _asked(self, base: Reading, dimensions: Dimensions, *, is_share: bool, compared: bool) -> Reading:
        trend = self.items.use("trend")
        self.complete |= is_share or compared or bool(base.group) or trend
        if is_share:
            ask = Ask.RANKING if base.direction and base.group else Ask.SHARE
            weight = self.words.weight
            figure = base.figure
            if figure.of_rows and weight:
                figure = replace(figure, weight=weight.name)
            elif figure.column:
                figure = replace(figure, weight=figure.column)
            return replace(base, ask=ask, figure=replace(figure, function=Function.SHARE, column=None))
        if compared:
            return replace(base, ask=Ask.COMPARISON)
        if trend:
            group = base.group or self._trend_group(dimensions)
            return replace(base, ask=Ask.GROUPS, group=group, mode="trend")
        if base.group and (base.direction or base.limit or self.items.use("rank", "rank_up")):
            direction = base.direction or Direction.MOST
            return replace(base, ask=Ask.RANKING, direction=direction)
        return replace(base, ask=Ask.GROUPS) if base.group else base

    def _trend_group(self, dimensions: Dimensions) -> tuple[Field, ...]:
        field = dimensions.part_field(Part.YEAR)
        return (field,) if field else ()

    def _per(self) -> str:
        """Return the length of time that a mean is per: 하루 평균, per month on average."""
        for name, length in _PERIODS.items():
            said = self.items.saying(name)
            averages = self.items.say("mean") or any(
                "평균" in i.mark.text or "verage" in i.mark.text for i in said
            )
            if said and averages and self.words.dates:
                self.items.use(name, "mean", "count")
                self.complete = True
                return length
        return ""

    def _unit(self) -> str:
        """Return the unit in which the answer is wanted."""
        said = [
            item
            for item in self.items.free()
            if any(w.startswith("unit_") for w in item.words) and not item.columns
        ]
        names = [word for item in said for word in item.words if word.startswith("unit_")]
        for item in said:
            item.used = True
        return names[0] if names else ""

    # -- the measure -----------------------------------------------------------------------------------------

    def _figure(self, dimensions: Dimensions, *, is_share: bool) -> Figure | Open:
        function = self._function(dimensions)
        column = self._column(function)
        counts = (
            self.items.use("count", "people", "howmuch")
            if column is None
            else self.items.use("count", "people", "howmuch", "total")
        )
        rows_named = any(item.is_rows for item in self.items)
        self.complete = self.complete or function is not None or column is not None or counts or is_share
        self.complete |= rows_named
        self.items.use("total", "overall", "high", "low") if not dimensions.direction else self.items.use(
            "total", "overall"
        )
        if function in {None, Function.COUNT} and column is None:
            return Figure()
        if function is None or function is Function.COUNT:
            assert column is not None
            return self._default(column, dimensions)
        if (
            column is None
            and function is Function.SUM
            and (counts or (rows_named and len(self.words.numbers) > 1))
        ):
            return Figure()
        if column is None:
            self.wants_column = True
            return Figure(function, fraction=self.fraction, stated=True)
        if not column.is_measure:
            return Open(
                Why.NO_MEASURE,
                column.source_name,
                options=tuple(c.source_name for c in self.words.numbers[:3]),
            )
        return Figure(function, column.name, fraction=self.fraction, stated=True)

    def _function(self, dimensions: Dimensions) -> Function | None:
        if self.fraction is not None:
            self.items.use("percentile", "quartile")
            return Function.PERCENTILE
        for name, function in _FUNCTIONS.items():
            said = self.items.saying(name)
            said = [
                item
                for item in said
                if not (name in {"max", "min"} and dimensions.direction and item.says("most", "least"))
            ]
            if said:
                self.items.use(name)
                return function
        if self.items.say("total") and self._measures():
            return Function.SUM
        extreme = self.items.saying("most", "extreme_high") or self.items.saying("least")
        if extreme and not dimensions.groups and self._measures():
            low = extreme[0].says("least") or self.items.say("low")
            self.adjective = extreme[0]
            self.items.use("most", "least", "extreme_high", "high", "low")
            return Function.MIN if low else Function.MAX
        return None

    def _measures(self) -> list[Item]:
        """Return the free words that name columns of numbers."""
        return [
            item for item in self.items.free() if item.columns and not item.values and self._numeric(item)
        ]

    def _numeric(self, item: Item) -> list[Column]:
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        if item.is_rows and min(sense.rank for sense in item.columns) > Rank.ALIAS:
            return []
        return list({column.name: column for column in columns if column.is_measure}.values())

    def _column(self, function: Function | None) -> Column | None:
        """Return the column of numbers that the question names, or that its adjective implies."""
        said = self._measures()
        if not said and function in {None, Function.SUM} and self.items.say("unit_items"):
            return self._quantity()
        if not said:
            return self._implied() if function is None else None
        exact = sorted(said, key=lambda item: (min(s.rank for s in item.columns), item.number))
        chosen = exact[0]
        columns = self._numeric(chosen)
        for other in exact[1:]:
            shared = [c for c in self._numeric(other) if c in columns]
            if shared:
                columns, other.used = shared, True
        chosen.used = True
        if len(columns) > 1:
            raise Ambiguous(chosen.mark.text, [Field(c.name) for c in columns], "column")
        return columns[0]

    def _quantity(self) -> Column | None:
        """Return the column of quantities, of which a question for cups or copies wants the sum."""
        self.items.use("unit_items", "count", "howmuch")
        self.complete = True
        senses = self.words.index.phrases.get(("quantity",), ())
        fields = {sense.field for sense in senses if isinstance(sense, ColumnSense)}
        return next((column for column in self.words.numbers if Field(column.name) in fields), None)

    def _implied(self) -> Column | None:
        """Return the column that an adjective is about: the most expensive is one of prices.

        Raises:
            NoPlace: no column is what the adjective is about.
            Ambiguous: several are.

        """
        if self.adjective is None:
            return None
        said = [item for item in self.items if item.says("most", "least", "extreme_high", "high", "low")]
        written = " ".join(item.mark.text.casefold() for item in said)
        name = next((name for stems, name in _IMPLIED if any(stem in written for stem in stems)), None)
        if name is None:
            return None
        senses = self.words.index.phrases.get((name,), ())
        fields = {sense.field for sense in senses if isinstance(sense, ColumnSense)}
        named = [column for column in self.words.numbers if Field(column.name) in fields]
        if not named:
            raise NoPlace(written, tuple(column.source_name for column in self.words.numbers[:3]))
        if len(named) > 1:
            raise Ambiguous(written, [Field(column.name) for column in named], "column")
        return named[0]

    def _default(self, column: Column, dimensions: Dimensions) -> Figure:
        """Return what is computed of a column when the question names no function: counts are added up."""
        many = self.items.say("count", "people") or any(i.says("count", "people") for i in self.items)
        added = (
            is_counted(column)
            or any(i.says("unit_items") for i in self.items)
            or many
            or ADDED.search(column.source_name.casefold()) is not None
            or column == self.words.weight
        )
        level = bool(dimensions.direction) and any(
            (
                "높" in i.mark.text
                or "낮" in i.mark.text
                or i.mark.text in {"highest", "lowest", "higher", "lower"}
            )
            for i in self.items
        )
        added = added or (not level and column.unit != "%" and not _looks_like_level(column))
        if level and not is_counted(column) and ADDED.search(column.source_name.casefold()) is None:
            added = False
        function = Function.SUM if added else Function.MEAN
        words = ("합계", "sum") if added else ("평균", "mean")
        if self.words.profile.rows > 1:
            self.notes.append(
                (
                    f"{column.source_name}은(는) {words[0]}로 계산했습니다.",
                    f"{column.source_name} was taken as its {words[1]}.",
                )
            )
        return Figure(function, column.name)

    # -- questions of another kind ---------------------------------------------------------------------------

    def _special(self, where: Conditions) -> Reading | Open | None:
        """Return the reading of a question for a correlation, distinct values, a range, columns or rows."""
        for take in (
            self._correlation,
            self._distinct,
            self._outliers,
            self._period,
            self._schema,
            self._rows,
        ):
            reading = take(where)
            if reading is not None:
                self.complete = True
                return reading
        return None

    def _correlation(self, where: Conditions) -> Reading | Open | None:
        if not self.items.use("corr"):
            return None
        columns: list[Column] = []
        for item in self._measures():
            item.used = True
            columns += [c for c in self._numeric(item)[:1] if c not in columns]
        self.items.use(
            "howmuch", "between", "and", "wh", "versus", "high", "change", "number", "count", "people"
        )
        if len(columns) != 2:
            return Open(Why.NO_MEASURE, options=tuple(c.source_name for c in self.words.numbers[:3]))
        return Reading(
            Ask.CORRELATION,
            Figure(Function.CORRELATION, columns[0].name, columns[1].name, stated=True),
            where,
        )

    def _distinct(self, where: Conditions) -> Reading | None:
        said = self.items.saying(
            "distinct", "kinds", "count", "list", "unit_rows", "unit_places", "unit_kinds"
        )
        free = [
            item
            for item in self.items.free()
            if item.columns and not item.values and not self._measure_only(item)
        ]
        free = [
            item for item in free if not (item.is_rows and min(s.rank for s in item.columns) > Rank.ALIAS)
        ]
        if not said or len(free) != 1 or self._other_ask():
            return None
        strong = [item for item in said if item.says("distinct", "kinds", "list")]
        counted = not strong and self._counts_column(free[0])
        if not strong and not counted:
            return None
        free[0].used = True
        self.items.use(
            "distinct",
            "kinds",
            "count",
            "list",
            "total",
            "overall",
            "wh",
            "howmuch",
            "column_word",
            "unit_rows",
            "unit_places",
            "unit_kinds",
            "people",
        )
        fields = list(dict.fromkeys(s.field for s in free[0].columns))
        if len({f.column for f in fields}) > 1:
            raise Ambiguous(free[0].mark.text, fields, "column")
        counts = bool(counted) or any(
            item.says("distinct", "count") for item in said if not item.says("list")
        )
        ask = Ask.DISTINCT if counts else Ask.VALUES
        return Reading(
            ask, Figure(Function.DISTINCT, fields[0].column, stated=True), where, group=(fields[0],)
        )

    def _measure_only(self, item: Item) -> bool:
        return all(
            self.words.column(s.field.column).is_measure and self.words.column(s.field.column).distinct > 50
            for s in item.columns
        )

    def _other_ask(self) -> bool:
        return self.items.say(
            "mean",
            "sum",
            "median",
            "each",
            "percent",
            "rate",
            "most",
            "least",
            "trend",
            "perday",
            "first",
            "last",
        )

    def _counts_column(self, item: Item) -> bool:
        """Tell whether a count is of a column's values: how many stores are there, 메뉴가 몇 개야."""
        column = self.words.column(item.columns[0].field.column)
        if column.is_measure or column.type.is_temporal or item.is_rows:
            return False
        after, before = self.items.after(item), self.items.before(item)
        english = bool(before and before.says("count") and "how many" in before.mark.text.casefold())
        korean = bool(
            (
                after
                and after.says("count", "unit_rows", "unit_places", "unit_kinds")
                and not item.mark.text.isascii()
            )
            or (after and after.mark.text in {"몇 개", "몇 곳"})
        )
        return english or korean

    def _outliers(self, where: Conditions) -> Reading | Open | None:
        if not self.items.use("outliers"):
            return None
        column = self._column(Function.MAX)
        self.items.use("count", "wh", "kinds", "total", "list", "howmuch")
        if column is None:
            return Open(Why.NO_MEASURE, options=tuple(c.source_name for c in self.words.numbers[:3]))
        return Reading(Ask.OUTLIERS, Figure(Function.COUNT, column.name, stated=True), where)

    def _period(self, where: Conditions) -> Reading | None:
        """Read questions for the first and last of dates or numbers: the period, the range of ECLO."""
        if self.items.say("period") and self.words.dates:
            self.items.use("period", "wh", "when", "range")
            for item in self.items.free():
                item.used |= item.is_rows
            return Reading(Ask.RANGE, Figure(Function.MIN, self.words.dates[0].name, stated=True), where)
        both = self.items.say("max") and self.items.say("min")
        edge = (
            self.items.say("d_first", "d_last")
            and self.words.dates
            and not self._measures()
            and (self.items.say("when", "d_day", "what_day") or self._date_named())
        )
        if not self.items.say("range") and not both and not edge:
            return None
        named = self._date_named()
        column = named if edge or (named and not self._measures()) else self._column(Function.MAX)
        column = column or (self.words.dates[0] if self.words.dates else None)
        if column is None:
            return None
        for item in self.items.free():
            item.used |= any(s.field.column == column.name for s in item.columns)
        self.items.use(
            "range",
            "max",
            "min",
            "d_first",
            "d_last",
            "recent",
            "when",
            "what_day",
            "d_day",
            "wh",
            "most",
            "least",
        )
        return Reading(Ask.RANGE, Figure(Function.MIN, column.name, stated=True), where)

    def _date_named(self) -> Column | None:
        for item in self.items.free():
            for sense in item.columns:
                column = self.words.column(sense.field.column)
                if column.type.is_temporal and sense.rank <= Rank.ALIAS:
                    return column
        return None

    def _schema(self, where: Conditions) -> Reading | None:
        if self.items.say("columns") and not any(
            item.columns and not item.is_rows for item in self.items.free()
        ):
            self.items.use(
                "columns",
                "count",
                "list",
                "wh",
                "kinds",
                "column_word",
                "total",
                "overall",
                "missing",
                "with",
            )
            return Reading(Ask.COLUMNS, where=where)
        if self.items.say("missing") and not any(item.columns for item in self.items.free()):
            self.items.use(
                "missing",
                "count",
                "wh",
                "columns",
                "column_word",
                "each",
                "total",
                "with",
                "overall",
                "kinds",
                "most",
                "high",
                "howmuch",
            )
            return Reading(Ask.MISSING, where=where)
        return None

    def _rows(self, where: Conditions) -> Reading | None:
        """Read questions that want rows themselves: a sample, a list of names."""
        said = self.items.saying("sample", "list")
        if not said or self.items.say("mean", "sum", "each", "most", "least", "percent"):
            return None
        named = [item for item in self.items.free() if item.columns and not item.values and not item.is_rows]
        if said[0].says("list") and not named and not any(item.is_rows for item in self.items):
            return None
        for item in named:
            item.used = True
        self.items.use("sample", "list", "total", "overall", "wh", "kinds", "column_word", "count", "of")
        limit = next((item for item in self.items.free() if item.number_written is not None), None)
        if limit:
            limit.used = True
        columns = tuple(dict.fromkeys(item.columns[0].field.column for item in named))
        return Reading(
            Ask.ROWS,
            where=where,
            columns=columns,
            limit=int(limit.number_written or 5) if limit else (200 if said[0].says("list") else 5),
        )


def _looks_like_level(column: Column) -> bool:
    """Tell whether a column holds rates, scores, ages: values that one averages and does not add."""
    keys = {term.key for word in _LEVELS for term in terms().same(word)}
    words = tokens(column.source_name)
    return any(term_key(word) in keys for word in (column.source_name, "".join(words), *words))
