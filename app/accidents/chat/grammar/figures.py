"""What a question wants computed, and the reading that comes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.columns import ADDED, is_counted, tokens, unit_of
from app.accidents.chat.grammar.dimensions import Dimensions
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.lexicon import term_key, terms
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace, Open, Why
from app.accidents.chat.grammar.reading import Ask, Bound, Condition, Direction, Figure, Reading
from app.accidents.chat.grammar.senses import ColumnSense, NumberSense, Rank
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Function, Part

_FUNCTIONS = {
    "median": Function.MEDIAN, "std": Function.DEVIATION, "mean": Function.MEAN, "sum": Function.SUM, "max": Function.MAX, "min": Function.MIN,
}  # fmt: skip
_IMPLIED = (
    (("비싸", "비싼", "priciest", "expensive", "cheap", "싸", "싼", "costliest", "저렴"), ("price",)),
    (("긴", "길", "오래", "long", "slow", "short", "짧"), ("duration", "length of stay")),
    (("oldest", "youngest", "나이 많", "나이가 많", "어린", "젊은", "최고령"), ("age",)),
    (("heaviest", "무거", "lightest", "가벼"), ("weight",)), (("tallest",), ("height",)), (("furthest", "farthest"), ("distance",)),
    (("hottest", "warmest", "더운", "coldest", "추운", "coolest"), ("temperature",)), (("wettest", "rainiest", "driest"), ("precipitation",)),
)  # fmt: skip
_LEVELS = (
    "rating", "age", "temperature", "price", "unit price", "speed", "height", "weight", "humidity", "duration", "waiting time",
    "blood pressure", "bmi", "distance", "salary", "tenure", "length of stay",
)  # fmt: skip
_LEVEL = re.compile(
    r"평균|기온|온도|습도|기압|풍속|최고|최저|점수|성적|지수|비율|농도|^(?:국어|영어|수학|과학|사회|한국사|키|몸무게)$"
    r"|average|mean|temp|humidity|score|rate$|ratio|index|grade|gpa|^(?:math|maths|english|science|history|reading|writing)$"
)
_PERIODS = {"perday": "day", "permonth": "month", "peryear": "year"}
Conditions = tuple[Condition, ...]


_WHICH = ("wh", "which_person", "which_more")


@dataclass(frozen=True)
class RankedRows:
    """Rows are wanted in the order of a column."""

    column: str
    low: bool


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
        self.bound: tuple[Bound, Figure] | None = None
        self.ranked_rows: RankedRows | None = None
        self.of_rows = False

    # -- rows that stand first ----------------------------------------------------------------------------------

    def take_ranked_rows(self, dimensions: Dimensions) -> None:
        """Take what asks for the rows with the most of a column: 매출이 가장 큰 주문 3건, the 5 most expensive orders."""
        for item in self.items.saying(
            "most", "least", "extreme_high", "high", "low", "first", "last", "d_last", "d_first"
        ):
            if item.says("d_last", "d_first") and (
                self._take_latest(item, dimensions) or self._take_latest_done(item)
            ):
                return
            noun = self._noun_behind(item) or self._noun_before(item)
            if noun is None or not self._is_size(item, dimensions):
                continue
            self._use_by()
            if self.items.say("howmuch", "each", "by", "count", "percent", "mean", "sum"):
                continue
            self.adjective, self.of_rows = item, True
            column = self._column(None)
            self.adjective, self.of_rows = None, False
            if column is None:
                continue
            low = item.says("least", "low", "last") or any(
                i.says("low") for i in self.items.all[item.number : noun.number]
            )
            for each in self.items.all[item.number : noun.number + 1]:
                each.used = True
            self.items.use(
                "most", "least", "extreme_high", "high", "low", "first", "last", "wh", "which_person", "list"
            )
            self.ranked_rows = RankedRows(column.name, low)
            self._take_limit_of_rows(noun, dimensions)
            return

    def _take_latest(self, item: Item, dimensions: Dimensions) -> bool:
        """Read 가장 최근에 입사한 직원 and the latest order as the row with the last date."""
        after = self.items.after(item)
        while after is not None and self._is_date(after) and not after.is_rows:
            after = self.items.after(after)
        plain = after is not None and after.is_rows and not after.used
        if after is None or not plain or len(self.words.dates) != 1:
            return False
        for each in self.items.all[item.number : after.number + 1]:
            each.used = True
        self.ranked_rows = RankedRows(self.words.dates[0].name, low=item.says("d_first"))
        self._take_limit_of_rows(after, dimensions)
        return True

    def _take_latest_done(self, item: Item) -> bool:
        """Read 'who was hired most recently' and 'which employee was hired first' as the row with that date."""
        asked = [each for each in self.items.saying(*_WHICH) if each.number < item.number]
        if self.items.after(item) is not None or not asked or len(self.words.dates) != 1:
            return False
        between = self.items.all[asked[0].number : item.number]
        if not all(each in asked or each.is_rows or self._is_date(each) for each in between):
            return False
        for each in (*between, item):
            each.used = True
        self.ranked_rows = RankedRows(self.words.dates[0].name, low=item.says("d_first"))
        return True

    def _is_date(self, item: Item) -> bool:
        return bool(item.columns) and all(
            self.words.column(s.field.column).type.is_temporal for s in item.columns
        )

    def _noun_before(self, item: Item) -> Item | None:
        """Return the noun for rows in 'the 2 orders with the highest amount'."""
        with_word = self.items.before(item)
        noun = self.items.before(with_word) if with_word is not None and with_word.says("with") else None
        if noun is None or not item.mark.text.isascii() or not noun.is_rows or noun.used:
            return None
        leading = self.items.before(noun)
        asked = leading is None or leading.says("wh", "list") or leading.number_written is not None
        return noun if asked and not any(sense.rank <= Rank.ALIAS for sense in noun.columns) else None

    def _use_by(self) -> None:
        """Make use of 'by' before the column that rows are ranked by."""
        for item in self.items.saying("by"):
            after = self.items.after(item)
            if after is not None and self._numeric(after):
                item.used = True

    def _noun_behind(self, item: Item) -> Item | None:
        """Return the noun for rows that a superlative is about."""
        after = self.items.after(item)
        while after is not None and (after.says("high", "low", "nth") or after.number_written is not None):
            after = self.items.after(after)
        numbered = self.items.before(after) if after is not None else None
        people = after is not None and after.says("unit_people", "unit_rows") and item.says("first", "last")
        if after is None or after.values or (after.used and not people):
            return None
        if people and numbered is not None and numbered.number_written is not None:
            named = self.items.after(after)
            groups = named is not None and bool(named.columns) and not named.is_rows and not after.particle
            return None if groups or after.mark.text == "개" else after
        plain = after.is_rows and not any(sense.rank <= Rank.ALIAS for sense in after.columns)
        return after if plain else None

    def _is_size(self, item: Item, dimensions: Dimensions) -> bool:
        """Tell whether a superlative is of size, and not of how many rows there are."""
        if item.says("first", "last"):
            return True
        after = self.items.after(item)
        words = [item.mark.text, after.mark.text if after is not None and after.says("high", "low") else ""]
        text = " ".join(words).casefold()
        if any(stem in text for stem in ("많", "적", "fewest")) or text.strip() in {
            "most",
            "the most",
            "least",
            "the least",
        }:
            return False
        nth = dimensions.nth is not None
        return item.says("most", "least", "extreme_high") or (nth and item.says("high", "low"))

    def _take_limit_of_rows(self, noun: Item, dimensions: Dimensions) -> None:
        """Take the number of rows, which stands before the superlative or behind the noun."""
        if dimensions.limit or dimensions.nth:
            return
        for number in self.items.free():
            if number.number_written is None or not float(number.number_written).is_integer():
                continue
            unit = self.items.after(number)
            if abs(number.number - noun.number) <= 3:
                number.used = True
                dimensions.limit = int(number.number_written)
                if unit is not None and unit.says("unit_rows", "unit_people"):
                    unit.used = True
                return

    def _rows_ranked(self, dimensions: Dimensions, where: Conditions) -> Reading | None:
        """Return the reading that lists the rows with the most of a column."""
        if self.ranked_rows is None:
            return None
        named = [i for i in self.items.free() if i.columns and not i.values and not i.is_rows]
        for item in named:
            item.used = True
        self.items.use(
            "where", "when", "what_day", "wh", "which_person", "total", "overall", "column_word", "kinds"
        )
        columns = tuple(dict.fromkeys(item.columns[0].field.column for item in named))
        direction = Direction.LEAST if self.ranked_rows.low else Direction.MOST
        return Reading(
            Ask.ROWS,
            Figure(stated=True),
            where,
            columns=columns,
            limit=dimensions.limit,
            nth=dimensions.nth,
            direction=direction,
            order_by=self.ranked_rows.column,
        )

    # -- percentiles ----------------------------------------------------------------------------------------------

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
        self._take_threshold()
        for item in self.items.free():
            if (
                item.number_written is not None
                and item.mark.text.casefold().startswith("p")
                and item.mark.text[1:].isdigit()
            ):
                item.used = True
                self.fraction = item.number_written / 100

    def _take_threshold(self) -> None:
        """Read 상위 10% 기준값 and the threshold of the top 10% as a percentile."""
        threshold = self.items.saying("threshold")
        for item in self.items.saying("first", "last"):
            number = self.items.after(item)
            sense = number.first(NumberSense) if number is not None else None
            bare = not any(i.is_rows or i.says("mean", "sum", "count", "percent", "rate") for i in self.items)
            if number is None or sense is None or not sense.percent or not (threshold or bare):
                continue
            share = sense.number / 100
            self.fraction = 1 - share if item.says("first") else share
            number.used = item.used = True
            self.items.use("threshold", "howmuch")
            return

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
        ranked = self._rows_ranked(dimensions, where)
        if ranked is not None:
            self.complete = True
            return ranked
        if self.bound is not None:
            bound, bounded = self.bound
            self.complete = True
            self.items.use("total", "overall", "wh", "list", "high", "low")
            return Reading(Ask.GROUPS, bounded, where, group=tuple(dimensions.groups), bound=bound)
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
        base = replace(base, notes=tuple(self.notes), unit=self._unit(), nth=dimensions.nth)
        if dimensions.within:
            base = replace(base, mode="within")
        column = self.words.column(figure.column) if figure.column else None
        counts = figure.function is Function.COUNT
        if (counts and units.measures(base.unit)) or (column and units.clash(base.unit, column)):
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
        ranked, upwards = self.items.say("rank", "rank_up"), self.items.use("rank_up")
        self.items.use("rank")
        if base.group and (base.direction or base.limit or ranked):
            direction = base.direction or (Direction.LEAST if upwards else Direction.MOST)
            mode = (
                "rank"
                if ranked and base.limit is None and base.nth is None and not base.direction
                else base.mode
            )
            return replace(base, ask=Ask.RANKING, direction=direction, mode=mode)
        return replace(base, ask=Ask.GROUPS) if base.group else base

    def _trend_group(self, dimensions: Dimensions) -> tuple[Field, ...]:
        field = dimensions.part_field(Part.YEAR)
        return (field,) if field else ()

    def _per(self) -> str:
        """Return the length of time that a mean is per: 하루 평균, per month on average."""
        for name, length in _PERIODS.items():
            units = [item for item in self.items.saying(name) if not self._per_unit(item)]
            averages = self.items.say("mean") or any(
                "평균" in i.mark.text or "verage" in i.mark.text for i in units
            )
            if units and averages and self.words.dates:
                self.items.use(name, "mean", "count")
                self.complete = True
                return length
        return ""

    def _per_unit(self, item: Item) -> bool:
        """Tell whether 'per day' is of a column of days, and not of the calendar: per day of stay."""
        after = self.items.after(item)
        if after is None or not item.mark.text.isascii() or not after.columns:
            return False
        return any(item.mark.end <= at <= after.mark.start for at in self.items.of_words)

    def _unit(self) -> str:
        """Return the unit in which the answer is wanted."""
        units = [
            item
            for item in self.items.free()
            if any(w.startswith("unit_") for w in item.words) and not item.columns
        ]
        names = [word for item in units for word in sorted(item.words) if word.startswith("unit_")]
        for item in units:
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
            words = self.items.saying(name)
            words = [
                item
                for item in words
                if not (name in {"max", "min"} and dimensions.direction and item.says("most", "least"))
            ]
            if words:
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
        measures = self._measures()
        if (
            not measures
            and function in {None, Function.SUM}
            and (self.items.say("unit_items") or self._asks_quantity())
        ):
            return self._quantity()
        if not measures:
            return self._implied() if function in {None, Function.MEAN, Function.MEDIAN} else None
        exact = sorted(measures, key=lambda item: (min(s.rank for s in item.columns), item.number))
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

    def _asks_quantity(self) -> bool:
        """Tell whether things sold are counted, and no orders: 볼펜은 몇 개 팔렸어, how many pens were sold."""
        counts = [
            i for i in self.items.saying("count") if i.mark.text.casefold() in {"몇 개", "몇개", "how many"}
        ]
        rows = any(item.is_rows for item in self.items)
        sold = re.search(r"팔[렸린리]|판매된|판매됐|\bsold\b", self.items.written)
        return bool(counts and sold and not rows and self.words.index.phrases.get(("quantity",)))

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
        superlatives = [
            item for item in self.items if item.says("most", "least", "extreme_high", "high", "low")
        ]
        written = " ".join(item.mark.text.casefold() for item in superlatives)
        names = next((names for stems, names in _IMPLIED if any(stem in written for stem in stems)), None)
        if names is None:
            return None
        # What a row costs in all may be a sum of any name; what a product costs is its price.
        more = ("amount", "fee", "bill", "salary") if names == ("price",) and self.of_rows else ()
        called = (
            [c for c in self.words.numbers if self.words.is_called(c, name)] for name in (*names, *more)
        )
        named = next((columns for columns in called if columns), [])
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
        words = self.items.saying(
            "distinct", "kinds", "count", "list", "unit_rows", "unit_places", "unit_kinds", "wh"
        )
        free = [
            item
            for item in self.items.free()
            if item.columns and not item.values and not self._measure_only(item)
        ]
        free = [
            item for item in free if not (item.is_rows and min(s.rank for s in item.columns) > Rank.ALIAS)
        ]
        if not words or len(free) != 1 or self._other_ask():
            return None
        strong = [item for item in words if item.says("distinct", "kinds", "list")]
        strong = strong or self._asks_values(free[0])
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
            item.says("distinct", "count") for item in words if not item.says("list")
        )
        ask = Ask.DISTINCT if counts else Ask.VALUES
        return Reading(
            ask, Figure(Function.DISTINCT, fields[0].column, stated=True), where, group=(fields[0],)
        )

    def _asks_values(self, item: Item) -> list[Item]:
        """Return the word that asks which values there are: 어떤 결제수단이 있어, what departments exist."""
        before, after = self.items.before(item), self.items.after(item)
        if before is None or before.mark.text.casefold() not in {"어떤", "무슨", "what", "which"}:
            return []
        if (after is not None and not after.says("with")) or self.items.say("high", "low"):
            return []
        return [before] if self.words.column(item.columns[0].field.column).categories else []

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
        words = self.items.saying("sample", "list")
        if not words or self.items.say("mean", "sum", "each", "most", "least", "percent"):
            return None
        named = [item for item in self.items.free() if item.columns and not item.values and not item.is_rows]
        if words[0].says("list") and not named and not any(item.is_rows for item in self.items):
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
            limit=int(limit.number_written or 5) if limit else (200 if words[0].says("list") else 5),
        )


def _looks_like_level(column: Column) -> bool:
    """Tell whether a column holds rates, scores, ages: values that one averages and does not add."""
    if _LEVEL.search(column.source_name.casefold()) or unit_of(column) in {"°C", "%"}:
        return True
    keys = {term.key for word in _LEVELS for term in terms().same(word)}
    words = tokens(column.source_name)
    return any(term_key(word) in keys for word in (column.source_name, "".join(words), *words))
