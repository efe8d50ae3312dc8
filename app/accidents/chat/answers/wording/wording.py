"""Say an answer in the question's language: the figure, how it was read, of how many rows, what was left out."""

from __future__ import annotations

from app.accidents.chat.answers.plans.result import Result
from app.accidents.chat.answers.wording.phrases import number, percent
from app.accidents.chat.answers.wording.rankings import RankingWording
from app.accidents.chat.answers.wording.rows import RowWording
from app.accidents.chat.grammar.units import SHOWN
from app.accidents.datasets.query import Function


class Wording(RankingWording, RowWording):
    """Sentences in one language."""

    def answer(self, result: Result) -> str:
        """Return the answer to a question."""
        body = getattr(self, f"_{result.reading.ask.value}")(result)
        return " ".join(part for part in (body, *self._remarks(result)) if part)

    def _figure(self, result: Result) -> str:
        reading = result.reading
        scope = self._scope(reading.where)
        if reading.figure.of_rows and not reading.per:
            rows = number(result.value)
            none = "" if result.value else self.say(" 조건에 맞는 행이 없습니다.", " No rows match.")
            return self.say(
                f"{rows}건입니다. 읽은 뜻: {scope} 행 수.{none}",
                f"{rows} rows. Read as: number of rows, {scope}.{none}",
            )
        if result.is_empty:
            return self._nothing(result)
        if reading.per:
            return self._per(result)
        name = self.figure(reading.figure)
        if result.value is None:
            return self.say(
                f"{scope} 조건에 맞는 행은 있지만 {name}을(를) 낼 값이 없습니다(모두 비어 있음).",
                f"There are rows for {scope}, but no value for the {name}: it is missing in all of them.",
            )
        value = self.value(result, result.value)
        base = self.say(f"행 {number(result.matched)}개", f"{number(result.matched)} rows")
        text = self.say(
            f"{value}입니다. 읽은 뜻: {scope} {name} ({base}).",
            f"{value}. Read as: {name}, {scope} ({base}).",
        )
        if result.converted is None:
            return text
        amount, unit = result.converted
        shown = f"{number(amount)} {SHOWN[unit][0 if self.ko else 1]}"
        return self.say(f"{shown}, 곧 {text}", f"{shown}, that is {text}")

    def _per(self, result: Result) -> str:
        per = {"day": ("하루", "day"), "month": ("한 달", "month"), "year": ("한 해", "year")}[
            result.reading.per
        ]
        scope, value = self._scope(result.reading.where), number(result.value)
        of = f"{number(result.numerator)} / {number(result.denominator)}"
        return self.say(
            f"{per[0]} 평균 {value}입니다 ({of}). 조건: {scope}.",
            f"{value} per {per[1]} on average ({of}), {scope}.",
        )

    def _comparison(self, result: Result) -> str:
        reading = result.reading
        first, second = (side.ko if self.ko else side.en for side in reading.sides)
        a, b = (self.value(result, side) for side in result.sides)
        both = self.say(
            f"{self._what(reading)}: {first} {a}, {second} {b} (조건: {self._scope(reading.where)})",
            f"{self._what(reading)}: {first} {a}, {second} {b} ({self._scope(reading.where)})",
        )
        if None in result.sides:
            return both + "."
        return f"{self._compared(result, first, second)} {both}."

    def _compared(self, result: Result, first: str, second: str) -> str:
        mode, (a, b) = result.reading.mode, result.sides
        is_share = result.reading.figure.function is Function.SHARE
        if mode == "which" or result.value is None:
            if a == b:
                return self.say("두 값이 같습니다.", "Both are equal.")
            return self.say(
                f"{first if a > b else second} 쪽이 더 큽니다.", f"{first if a > b else second} is higher."
            )
        if mode == "times":
            return self.say(f"{number(result.value)}배입니다.", f"{number(result.value)} times as high.")
        if mode == "change":
            return self.say(
                f"{second} 대비 {percent(result.value)} 변했습니다.",
                f"A change of {percent(result.value)} against {second}.",
            )
        value = percent(abs(result.value)) if is_share else number(abs(result.value))
        way = self.say("더 많습니다", "more") if result.value >= 0 else self.say("더 적습니다", "fewer")
        return self.say(
            f"{first}이(가) {second}보다 {value} {way}.", f"{first} has {value} {way} than {second}."
        )
