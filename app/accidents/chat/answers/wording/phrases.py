"""Parts of sentences: numbers, units, fields, conditions, remarks."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plans.groups import WEEKDAYS
from app.accidents.chat.answers.plans.result import Result
from app.accidents.chat.grammar.columns import unit_of
from app.accidents.chat.grammar.reading import Condition, Figure, Reading
from app.accidents.chat.grammar.units import SHOWN
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.query import Field, Function, Part

_MONTHS = "January February March April May June July August September October November December".split()
_FUNCTIONS = {
    "ko": {
        Function.SUM: "합계", Function.MEAN: "평균", Function.MEDIAN: "중앙값", Function.MIN: "최솟값", Function.MAX: "최댓값",
        Function.DEVIATION: "표준편차", Function.PERCENTILE: "백분위수", Function.COUNT: "값이 있는 행",
    },
    "en": {
        Function.SUM: "sum", Function.MEAN: "mean", Function.MEDIAN: "median", Function.MIN: "minimum", Function.MAX: "maximum",
        Function.DEVIATION: "standard deviation", Function.PERCENTILE: "percentile", Function.COUNT: "rows with a value",
    },
}  # fmt: skip


def number(value: Any) -> str:
    """Return a number as people read it: thousands apart, as many decimals as it needs."""
    if value is None:
        return "-"
    if isinstance(value, bool | str):
        return str(value)
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 1:
        return f"{value:,.2f}"
    return f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.6f}"


def percent(value: Any) -> str:
    """Return a share of 0..1 in percent."""
    if value is None:
        return "-"
    shown = f"{100 * value:.2f}"
    return f"{shown} %" if float(shown) or not value else f"{100 * value:.4f} %"


class Phrases:
    """Parts of sentences in one language."""

    def __init__(self, lang: str, words: Vocabulary) -> None:
        self.ko = lang == "ko"
        self.lang = "ko" if self.ko else "en"
        self.words = words

    def say(self, ko: str, en: str) -> str:
        """Return what belongs to the language."""
        return ko if self.ko else en

    def conditions(self, conditions: tuple[Condition, ...]) -> str:
        """Return conditions in a row."""
        return "; ".join(condition.ko if self.ko else condition.en for condition in conditions)

    def _scope(self, conditions: tuple[Condition, ...]) -> str:
        if conditions:
            return f"[{self.conditions(conditions)}]"
        return self.say("[전체]", "[all rows]")

    def figure(self, figure: Figure) -> str:
        """Return the name of what is computed."""
        if figure.of_rows:
            return self.say("행 수", "number of rows")
        name = self.words.column(figure.column or "").source_name
        if figure.function is Function.PERCENTILE:
            rank = f"{round((figure.fraction or 0) * 100, 2):g}"
            return self.say(f"{name}의 {rank}백분위수", f"{rank}th percentile of {name}")
        word = _FUNCTIONS[self.lang].get(figure.function, str(figure.function))
        return self.say(f"{name} {word}", f"{word} of {name}")

    def _unit(self, figure: Figure) -> str:
        if figure.of_rows:
            return self.say("건", "")
        unit = unit_of(self.words.column(figure.column or "")) or ""
        shown = SHOWN.get(unit, (unit, unit))[0 if self.ko else 1]
        return f" {shown}" if shown else ""

    def value(self, result: Result, value: Any) -> str:
        """Return a value with its unit."""
        figure = result.reading.figure
        if figure.function is Function.SHARE:
            return percent(value)
        if not figure.of_rows:
            column = self.words.column(figure.column or "")
            if column.unit == "%" and value is not None:
                return f"{value:,.2f} %"
        return (number(value) + self._unit(figure)).strip()

    def label(self, field: Field, value: Any) -> str:
        """Return a group's label."""
        if value is None:
            return self.say("(값 없음)", "(missing)")
        if field.part is Part.WEEKDAY:
            return WEEKDAYS[int(value) - 1].split()[0 if self.ko else 1]
        if field.part is Part.MONTH:
            return f"{value}월" if self.ko else _MONTHS[int(value) - 1]
        if field.part is Part.YEAR_MONTH:
            year, month = str(value).split("-")
            return f"{year}년 {int(month)}월" if self.ko else f"{_MONTHS[int(month) - 1]} {year}"
        shapes = {
            Part.HOUR: ("{}시", "{}:00"),
            Part.YEAR: ("{}년", "{}"),
            Part.QUARTER: ("{}분기", "quarter {}"),
            Part.DAY: ("{}일", "day {}"),
        }
        return shapes.get(field.part, ("{}", "{}"))[0 if self.ko else 1].format(value)

    def field(self, field: Field) -> str:
        """Return the name of what is grouped by."""
        level = next((each.names for each in self.words.levels if each.field == field and each.names), ())
        if level:
            return next((name for name in level if name.isascii() != self.ko), level[0])
        names = {
            Part.YEAR: ("연도", "year"), Part.MONTH: ("월", "month"), Part.HOUR: ("시간대", "hour"), Part.WEEKDAY: ("요일", "weekday"),
            Part.QUARTER: ("분기", "quarter"), Part.YEAR_MONTH: ("연월", "year and month"), Part.DATE: ("날짜", "date"), Part.DAY: ("일", "day"),
        }  # fmt: skip
        named = names.get(field.part)
        return named[0 if self.ko else 1] if named else self.words.column(field.column).source_name

    def _remarks(self, result: Result) -> list[str]:
        """Return what must be said with an answer: what was assumed, kept, left out."""
        reading = result.reading
        remarks = [ko if self.ko else en for ko, en in reading.notes]
        if reading.kept:
            kept = self.conditions(reading.kept)
            remarks.append(
                self.say(
                    f"앞 질문의 조건을 그대로 두었습니다: {kept}.", f"Kept from the question before: {kept}."
                )
            )
        if result.missing:
            remarks.append(
                self.say(
                    f"값이 없는 {number(result.missing)}행은 뺐습니다.",
                    f"{number(result.missing)} rows without a value are left out.",
                )
            )
        if result.negated_missing is not None:
            count = number(result.negated_missing)
            remarks.append(
                self.say(f"그중 값이 없는 행은 {count}개입니다.", f"Of these, {count} have no value there.")
            )
        if result.group_missing:
            count = number(result.group_missing)
            remarks.append(
                self.say(
                    f"{self.field(reading.group[0])} 값이 없는 {count}행은 순위에 넣지 않았습니다.",
                    f"{count} rows without a {self.field(reading.group[0])} are not ranked.",
                )
            )
        if result.turned_by:
            remarks.append(self.say(
                f"주의: {result.turned_by}의 각 값 안에서 보면 순서가 반대로 바뀝니다(심슨의 역설).",
                f"Caution: within every value of {result.turned_by} the order turns round (Simpson's paradox).",
            ))  # fmt: skip
        return remarks

    def _nothing(self, result: Result) -> str:
        scope = self._scope(result.reading.where)
        return self.say(f"{scope} 조건에 맞는 행이 없습니다.", f"No rows match {scope}.")

    def _scope_sentence(self, reading: Reading) -> str:
        return self.say(f"조건: {self._scope(reading.where)}.", f"Of {self._scope(reading.where)}.")

    def _weight(self, reading: Reading) -> str:
        if not reading.figure.weight:
            return ""
        name = self.words.column(reading.figure.weight).source_name
        return self.say(f" ({name} 합계로 계산)", f" (by the sum of {name})")

    def _what(self, reading: Reading) -> str:
        if reading.figure.function is Function.SHARE:
            part = self.conditions(reading.part)
            return self.say(
                f"[{part}]의 비율" if part else "전체에서 차지하는 비율",
                f"share of [{part}]" if part else "share of all",
            ) + self._weight(reading)
        return self.figure(reading.figure)
