"""The function that a question names, or that its column is computed by."""

from __future__ import annotations

import re

from app.accidents.chat.grammar.columns import ADDED, is_counted, tokens, unit_of
from app.accidents.chat.grammar.dimensions.dimensions import Dimensions
from app.accidents.chat.grammar.figures.measures import Measures
from app.accidents.chat.grammar.lexicon import term_key, terms
from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.reading import Figure
from app.accidents.chat.grammar.senses import NumberSense
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Function

_FUNCTIONS = {
    "median": Function.MEDIAN, "std": Function.DEVIATION, "mean": Function.MEAN, "sum": Function.SUM, "max": Function.MAX, "min": Function.MIN,
}  # fmt: skip
_LEVELS = (
    "rating", "age", "temperature", "price", "unit price", "speed", "height", "weight", "humidity", "duration", "waiting time",
    "blood pressure", "bmi", "distance", "salary", "tenure", "length of stay",
)  # fmt: skip
_LEVEL = re.compile(
    r"평균|기온|온도|습도|기압|풍속|최고|최저|점수|성적|지수|비율|농도|^(?:국어|영어|수학|과학|사회|한국사|키|몸무게)$"
    r"|average|mean|temp|humidity|score|rate$|ratio|index|grade|gpa|^(?:math|maths|english|science|history|reading|writing)$"
)


class Functions(Measures):
    """Finds what is computed of a column, percentiles too."""

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


def _looks_like_level(column: Column) -> bool:
    """Tell whether a column holds rates, scores, ages: values that one averages and does not add."""
    if _LEVEL.search(column.source_name.casefold()) or unit_of(column) in {"°C", "%"}:
        return True
    keys = {term.key for word in _LEVELS for term in terms().same(word)}
    words = tokens(column.source_name)
    return any(term_key(word) in keys for word in (column.source_name, "".join(words), *words))
