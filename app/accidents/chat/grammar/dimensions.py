"""What a question groups by and how many groups it wants: by weekday, which district, top 3."""

from __future__ import annotations

import re

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.lexicon import terms
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace
from app.accidents.chat.grammar.reading import Direction
from app.accidents.chat.grammar.senses import ColumnSense, NumberSense
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import Field, Part

_PARTS = {
    "d_year": Part.YEAR, "what_year": Part.YEAR, "d_quarter": Part.QUARTER, "d_month": Part.MONTH, "what_month": Part.MONTH,
    "d_ym": Part.YEAR_MONTH, "d_weekday": Part.WEEKDAY, "what_weekday": Part.WEEKDAY, "d_day": Part.DATE, "what_day": Part.DATE,
    "d_hour": Part.HOUR, "what_hour": Part.HOUR,
}  # fmt: skip
_ASKED_PARTS = ("what_year", "what_month", "what_hour", "what_weekday", "what_day")
_MOST = ("most", "extreme_high", "first")
_LEAST = ("least", "last")
_PLACES = (
    "구",
    "district",
    "지역",
    "region",
    "매장",
    "store",
    "도시",
    "city",
    "시도",
    "동",
    "역",
    "station",
    "병원",
    "hospital",
    "국가",
    "country",
    "장소",
    "place",
    "부서",
)
_PEOPLE = ("이름", "name", "담당자", "의사", "고객", "customer", "직원")
_PLACES_IN_ORDER = range(1, 101)
_FEW_CLASSES = 40  # whole numbers up to which a column can be one of classes, floors, grades
_PICKS = {"unit_rows", "unit_places", "unit_kinds", "unit_people"}


class Dimensions:
    """Finds the fields that a question groups by, the direction of a ranking and its length."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text
        self.limit: int | None = None
        self.groups: list[Field] = []
        self.direction: Direction | None = None
        self.superlative: Item | None = None
        self.nth: int | None = None
        self.placed = False  # places up to one are wanted: 5위까지
        self.within = False  # the first of each group is wanted

    # -- which place -----------------------------------------------------------------------------------------

    def take_nth(self) -> None:
        """Take a place in an order: the second most, 세 번째로 많은, 2위."""
        for item in self.items.saying("nth"):
            number = self.items.before(item)
            if number and not number.used and number.number_written in _PLACES_IN_ORDER:
                self._place(int(number.number_written or 0), item)
                number.used = True
        for place, name in enumerate(("ord2", "ord3", "ord4", "ord5"), 2):
            for item in self.items.saying(name):
                if self._is_place(item):
                    self._place(place, item)

        for item in self.items.free():
            ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", item.mark.text.casefold())
            if ordinal and self._is_place(item):
                self._place(int(ordinal.group(1)), item)

    def _is_place(self, item: Item) -> bool:
        """Tell whether an ordinal looks at an order: the second highest, 둘째로 많은."""
        after = self.items.after(item)
        return bool(
            after
            and (
                after.says(*_MOST, *_LEAST, "high", "low", "rank")
                or (not item.mark.text.isascii() and self.items.say("high", "low"))
            )
        )

    def _place(self, place: int, item: Item) -> None:
        following = self.items.after(item)
        item.used = True
        if following and following.says("until"):  # 5위까지: the first five
            following.used = True
            self.limit, self.placed = place, True
        elif place > 1:
            self.nth = place
        else:
            self.limit, self.placed = self.limit or 1, True

    # -- how many ------------------------------------------------------------------------------------------

    def take_limit(self) -> None:
        """Take the number of a top-n out of the question."""
        self.take_nth()
        if self.nth or self.limit or not self.items.say(*_MOST, *_LEAST, "rank", "rank_up"):
            return
        for item in self.items.free():
            if (
                item.number_written is not None
                and self._is_limit(item)
                and float(item.number_written).is_integer()
            ):
                self.limit = int(item.number_written)
                self._use_pick(item)
                return

    def _is_limit(self, item: Item) -> bool:
        """Tell whether a number says how many groups are wanted."""
        after, before = self.items.after(item), self.items.before(item)
        sense = item.first(NumberSense)
        if (
            item.values
            or (sense is not None and sense.percent)
            or not 1 <= (item.number_written or 0) <= 1000
        ):
            return False
        if after and after.says("percentile", "ge", "gt", "le", "lt", "until"):
            return False
        if before and before.says("first", "last", "most", "least", "rank"):
            return before.mark.text.casefold() not in {"latest", "past"}
        if before and before.says("ge", "gt", "le", "lt", "eq"):
            return False
        return self._counts_groups(before, after)

    def _counts_groups(self, before: Item | None, after: Item | None) -> bool:
        """Tell whether a number between two words counts groups: 구 3곳, 3 districts, three busiest hours."""
        if self._names_groups(after) or (after and after.says(*_MOST, *_LEAST)):
            return True
        if not (after and after.words & _PICKS):
            return bool(before and self._names_groups(before) and after is None)
        later = self.items.after(after)
        if later is not None and later.says("ge", "gt", "le", "lt"):
            return False
        named = self._names_groups(before) or self._names_groups(later)
        return named or after.says("unit_places") or later is None

    def _names_groups(self, item: Item | None) -> bool:
        return (
            item is not None
            and not item.values
            and self._field(item) is not None
            and not self._is_measure(item)
        )

    def _use_pick(self, item: Item) -> None:
        item.used = True
        after = self.items.after(item)
        if after and after.words & _PICKS and not after.columns:
            after.used = True

    # -- by what ---------------------------------------------------------------------------------------------

    def take_groups(self) -> None:
        """Take the fields that words like 'by' and 'each' mark."""
        for item in self.items.saying("each"):
            self._skip_rows(item)
        for item in self.items.saying("each", "by"):
            for dimension in self._marked(item):
                self._take(dimension)
                item.used = True
        if not self.items.say("mean"):
            self._take_per()
        for item in self.items.saying("periodic"):
            if self._field(item) is not None:
                self._take(item)

    def _skip_rows(self, item: Item) -> None:
        """Pass over 'per order', 주문당, 사고 1건당: a figure of rows, as any mean is."""
        before, after = self.items.before(item), self.items.after(item)
        if item.mark.text.isascii():
            item.used = after is not None and after.is_rows and not self._names_column(after)
        elif item.mark.text == "당" and before is not None and (before.is_rows or before.says("unit_rows")):
            item.used = before.used = True
            number = self.items.before(before)
            if number is not None and number.number_written == 1:
                number.used = True

    @staticmethod
    def _names_column(item: Item) -> bool:
        return bool(item.columns) and min(sense.rank for sense in item.columns) <= 1

    def _take_per(self) -> None:
        """Read 'accidents per year', where no mean is asked for, as a figure for each year."""
        for name, part in (("perday", Part.DATE), ("permonth", Part.MONTH), ("peryear", Part.YEAR)):
            for item in self.items.saying(name):
                field = self.part_field(part)
                if field is not None and item.mark.text.casefold().startswith("per "):
                    item.used = True
                    self.groups.append(field)

    def _marked(self, item: Item) -> list[Item]:
        """Return the words that a word for grouping marks: those behind it in English, before it in Korean."""
        if item.mark.text.isascii() or item.mark.text in {"각", "각각"}:
            return self._list(item)
        before = self.items.before(item)
        marked = [before] if before and not before.used and self._groupable(before) else []
        while marked:
            earlier = self.items.before(marked[0])
            if (
                earlier is None
                or earlier.used
                or not (earlier.particle[:1] in {"와", "과"} or earlier.says("and", "each"))
                or not self._groupable(earlier)
            ):
                break
            marked.insert(0, earlier)
        return marked

    def _list(self, item: Item) -> list[Item]:
        listed: list[Item] = []
        following = self.items.after(item)
        while following and not following.used:
            if self._groupable(following):
                listed.append(following)
            elif not following.says("and", "wh") and not (following.is_rows and not listed):
                break
            following = self.items.after(following)
        return listed

    def _groupable(self, item: Item) -> bool:
        """Tell whether a word names what can be grouped by: no measure, unless it has few values."""
        field = self._field(item)
        if field is None or (item.values and not item.columns):
            return False
        column = self.words.column(field.column)
        if item.is_rows and not self._names_column(item) and not item.words & set(_PARTS):
            return False
        return (
            not column.is_measure
            or field.part is not Part.VALUE
            or (column.distinct <= 50 and not self._ranked_by(item))
        )

    def _ranked_by(self, item: Item) -> bool:
        """Tell whether 'by' names the measure of a ranking and no group: top 3 districts by 건수."""
        before = self.items.before(item)
        return bool(
            before
            and before.says("by")
            and (self.items.say(*_MOST, *_LEAST, "rank") or self.items.say("rate", "percent", "sum", "mean"))
        )

    def _take(self, item: Item) -> None:
        field = self._field(item)
        item.used = True
        if field is not None and field not in self.groups:
            self.groups.append(field)
        _use_dimension_words(self.items, item)

    def _field(self, item: Item) -> Field | None:
        """Return the field that a word names as a dimension."""
        name = next((word for word in sorted(item.words) if word in _PARTS), None)
        columns = [sense for sense in item.columns if not self._is_date(sense)]
        if columns and not (name and columns[0].rank > 1):
            return self._column_field(columns, item.mark.text)
        if name:
            return self.part_field(_PARTS[name])
        dates = [sense for sense in item.columns if self._is_date(sense)]
        return Field(dates[0].field.column, Part.DATE) if dates and not item.is_rows else None

    def _is_date(self, sense: ColumnSense) -> bool:
        return self.words.column(sense.field.column).type.is_temporal

    def _is_measure(self, item: Item) -> bool:
        return (
            all(self.words.column(sense.field.column).is_measure for sense in item.columns)
            if item.columns
            else False
        )

    def _column_field(self, columns: list[ColumnSense], word: str) -> Field:
        """Return the one field of several senses: a level that bears the name before the whole column."""
        fields = list(dict.fromkeys(sense.field for sense in columns))
        if len({field.column for field in fields}) > 1:
            raise Ambiguous(word, fields, "column")
        return min(fields, key=lambda field: field.part is Part.VALUE)

    def part_field(self, part: Part) -> Field | None:
        """Return the field of a part of dates: an own column of the table, or a part of the date."""
        own = self.words.part_column(part)
        dates = self.words.dates
        if own is not None and (own.type is not Type.TEXT or part is Part.WEEKDAY or not dates):
            return Field(own.name)
        if not dates:
            return None
        if part is Part.HOUR and all(column.type is not Type.DATETIME for column in dates):
            return None
        column = min(dates, key=lambda c: (c.missing, c.type is not Type.DATETIME))
        return Field(column.name, part)

    # -- which end ---------------------------------------------------------------------------------------------

    def take_ranked(self) -> Item | None:
        """Take the direction of a ranking and what is ranked; return the word that ranks: which district has the most."""
        most, least = self.items.saying(*_MOST), self.items.saying(*_LEAST)
        if self.nth and not most and not least:
            most = self.items.saying("high", "rank")
            least = self.items.saying("low")
        if (self.nth or self.placed) and not most and not least and self.items.all:
            most = self.items.all[:1]
        elif not most and not least:
            self._take_comparative()
            self._take_year_month()
            self._take_asked_times()
            return None
        self._take_year_month()
        low = bool(least) or bool(self.items.saying("low") and not self.items.saying("high", "extreme_high"))
        self.superlative = (most + least)[0]
        outer = bool(self.groups)
        ranked = self._ranked()
        if ranked is not None and (not outer or self._is_inner(ranked)):
            self._take(ranked)
            self.within = outer and len(self.groups) > 1
        if not self.groups:
            self._take_asked()
        if self.groups:
            self.direction = Direction.LEAST if low else Direction.MOST
            for item in (*most, *least):
                item.used |= item.says(*_MOST, *_LEAST, "high", "low", "rank")
            self.items.use("high", "low", "wh", "where", "when", "which_person")
        return self.superlative if self.groups else None

    def _is_inner(self, item: Item) -> bool:
        """Tell whether the first of each group is wanted: 지점별로 가장 많이 팔린 상품, the top product in each store."""
        own = self._field(item)
        return (
            len(self.groups) == 1
            and own not in self.groups
            and own is not None
            and (self._is_asked(item) or item is self.items.all[-1] or self._precedes_each(item))
        )

    def _precedes_each(self, item: Item) -> bool:
        after = self.items.after(item)
        return bool(after and after.used and after.says("each", "by"))

    def _take_comparative(self) -> None:
        """Read 'which hospital has the higher rate' as a ranking."""
        high = self.items.saying("high", "low", "gt")
        asks = self.items.say("wh", "where", "which_more")
        if not high or not (asks or self.items.say("difference")):
            return
        if not self.groups:
            ranked = self._ranked()
            if ranked is None:
                return
            self._take(ranked)
        self.direction = Direction.LEAST if any(item.says("low") for item in high) else Direction.MOST
        self.items.use("high", "low", "wh", "where", "which_more", "difference", "gt")

    def _take_asked_times(self) -> None:
        """Read 'in which year how many', 몇 년도에 몇 건, as how many in each."""
        asked = [item for item in self.items.free() if item.says(*_ASKED_PARTS) and not item.columns]
        if len(asked) == 1 and not self.groups and self.items.say("count"):
            self._take(asked[0])

    def _take_year_month(self) -> None:
        """Read 'which year and month', 몇 년 몇 월, as one field."""
        year = [item for item in self.items.free() if item.says("what_year", "d_year")]
        month = [item for item in self.items.free() if item.says("what_month", "d_month")]
        if year and month and not self.groups and not year[0].says("each"):
            field = self.part_field(Part.YEAR_MONTH)
            if field is not None and abs(year[0].number - month[0].number) <= 2:
                year[0].used = month[0].used = True
                self.groups.append(field)
                self.items.use("and", "wh")

    def _ranked(self) -> Item | None:
        """Return the word for what is ranked: the one that a question word or a number marks, or the only one."""
        free = [item for item in self.items.free() if self._rankable(item)]
        if not free:
            return None
        asked = [item for item in free if item.words & set(_ASKED_PARTS) or self._is_asked(item)]
        return (asked or sorted(free, key=self._nearness))[0]

    def _rankable(self, item: Item) -> bool:
        if item.is_rows and not item.values and not any(s.rank < 2 for s in item.columns):
            return False
        field = self._field(item)
        if field is None or item.values:
            return False
        if item.words & {"howmuch"}:
            return False
        column = self.words.column(field.column)
        if not column.is_measure or field.part is not Part.VALUE or self._is_calendar(column.source_name):
            return True
        return self._is_class(column) and (self._is_asked(item) or item is self.items.all[-1])

    def _is_class(self, column: Column) -> bool:
        """Tell whether a column of few whole numbers is ranked by another one: 평균 점수가 가장 높은 반."""
        others = [
            s
            for other in self.items.free()
            for s in other.columns
            if s.field.column != column.name and self.words.column(s.field.column).is_measure
        ]
        return column.type is Type.INTEGER and column.distinct <= _FEW_CLASSES and bool(others)

    def _is_calendar(self, name: str) -> bool:
        return any(
            own is not None and own.source_name == name
            for own in map(self.words.part_column, _PARTS.values())
        )

    def _is_asked(self, item: Item) -> bool:
        before, after = self.items.before(item), self.items.after(item)
        return bool(
            (before and before.says("wh", "most", "least") and not (after and after.says("of")))
            or (after and after.says("wh", "where", "when"))
        )

    def _nearness(self, item: Item) -> int:
        return abs(item.number - (self.superlative.number if self.superlative else 0))

    def take_share_group(self) -> None:
        """Group a share without a numerator by the one column that the question names: 결제수단 비율은, 남녀 비율."""
        named = [item for item in self.items.free() if self._is_text(item)]
        if len(named) == 1 and not self.groups:
            self._take(named[0])

    def asked(self) -> Item | None:
        """Return the word for what is looked for among the groups, as in 'which stores have'."""
        texts = [item for item in self.items.free() if self._is_text(item) and self._is_looked_for(item)]
        return texts[0] if len(texts) == 1 else None

    def take_asked_group(self, item: Item) -> None:
        """Group by what is looked for."""
        self._take(item)

    def _is_text(self, item: Item) -> bool:
        if not item.columns or item.values or (item.is_rows and not self._names_column(item)):
            return False
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        return not any(column.is_measure or column.type.is_temporal for column in columns)

    def _is_looked_for(self, item: Item) -> bool:
        before, after = self.items.before(item), self.items.after(item)
        if item.mark.text.isascii() and before is not None:
            return before.says("wh", "count", "list")
        if item.mark.text.isascii():
            return after is not None and after.says("with", "gt", "ge", "lt", "le")
        return after is None or after.says(
            "count", "wh", "where", "unit_places", "unit_rows", "unit_kinds", "list"
        )

    def _take_asked(self) -> None:
        """Take the column that answers where, when or who, where the question names none."""
        for names, wanted in ((("where",), _PLACES), (("which_person", "which_more"), _PEOPLE)):
            verbs = self.items.saying(*names)
            column = self._called(wanted) if verbs else None
            if verbs and column is not None:
                verbs[0].used = True
                self.groups.append(column)
                return
        when = self.items.saying("when")
        if when and self.words.dates:
            raise NoPlace(
                when[0].mark.text,
                ("시간대", "요일", "월") if not when[0].mark.text.isascii() else ("hour", "weekday", "month"),
            )

    def _called(self, wanted: tuple[str, ...]) -> Field | None:
        for name in wanted:
            for word in (name, *(term.text for term in terms().same(name))):
                senses = [*self.words.index.names.get(word, ()), *self.words.index.phrases.get((word,), ())]
                fields = [
                    sense.field
                    for sense in senses
                    if isinstance(sense, ColumnSense)
                    and sense.rank <= 2
                    and not self.words.column(sense.field.column).is_measure
                ]
                if fields:
                    return fields[0]
        return None


def _use_dimension_words(items: Items, item: Item) -> None:
    """Make use of the words that only repeat what a dimension is: 요일 컬럼별, the value of."""
    for other in (items.after(item), items.before(item)):
        if other and other.says("column_word", "kinds") and not other.columns and not other.values:
            other.used = True
