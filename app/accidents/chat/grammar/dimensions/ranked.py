"""The field whose values a question ranks: which district has the most."""

from __future__ import annotations

from app.accidents.chat.grammar.dimensions.fields import LEAST, MOST, PARTS, Fields
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.lexicon import terms
from app.accidents.chat.grammar.outcome import NoPlace
from app.accidents.chat.grammar.reading import Direction
from app.accidents.chat.grammar.senses import ColumnSense
from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import Field, Part

_ASKED_PARTS = ("what_year", "what_month", "what_hour", "what_weekday", "what_day")
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
_FEW_CLASSES = 40  # whole numbers up to which a column can be one of classes, floors, grades


class Rankings(Fields):
    """Takes superlatives and comparatives, with the field that they rank."""

    def take_ranked(self) -> Item | None:
        """Take the direction of a ranking and what is ranked; return the word that ranks: which district has the most."""
        most, least = self.items.saying(*MOST), self.items.saying(*LEAST)
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
                item.used |= item.says(*MOST, *LEAST, "high", "low", "rank")
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
            own is not None and own.source_name == name for own in map(self.words.part_column, PARTS.values())
        )

    def _is_asked(self, item: Item) -> bool:
        before, after = self.items.before(item), self.items.after(item)
        return bool(
            (before and before.says("wh", "most", "least") and not (after and after.says("of")))
            or (after and after.says("wh", "where", "when"))
        )

    def _nearness(self, item: Item) -> int:
        return abs(item.number - (self.superlative.number if self.superlative else 0))

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
