"""Sentences of shares and of figures by group."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plans.result import Result
from app.accidents.chat.answers.wording.phrases import Phrases, number, percent
from app.accidents.datasets.query import Function

MOST_LISTED = 31


class GroupWording(Phrases):
    """Sentences of shares and groups."""

    def _share(self, result: Result) -> str:
        if result.reading.group or not result.reading.part:
            return self._groups(result)
        if result.is_empty:
            return self._nothing(result)
        reading = result.reading
        part, whole = self.conditions(reading.part), self._scope(reading.where)
        of = f"{number(result.numerator)} / {number(result.denominator)}"
        weight = self._weight(reading)
        return self.say(
            f"{percent(result.value)}입니다: 분자 [{part}] / 분모 {whole} = {of}{weight}.",
            f"{percent(result.value)}: numerator [{part}] / denominator {whole} = {of}{weight}.",
        )

    def _groups(self, result: Result) -> str:
        if not result.rows:
            return self._nothing(result)
        reading = result.reading
        shown = result.rows[:MOST_LISTED]
        listed = ", ".join(self._row(result, row) for row in shown)
        more = ""
        if result.total > len(shown):
            more = self.say(
                f" (모두 {number(result.total)}개 중 {len(shown)}개)",
                f" ({len(shown)} of {number(result.total)})",
            )
            result.evidence[0].setdefault("summary", []).append(len(shown))
        by = ", ".join(self.field(each) for each in reading.group)
        what = self._what(reading)
        if reading.bound is not None:
            return self._bounded(result, listed + more)
        trend = self._trend(result) if reading.mode == "trend" else ""
        head = self.say(
            f"{by}별 {what}, {self._scope(reading.where)}", f"{what} by {by}, {self._scope(reading.where)}"
        )
        return f"{head}: {listed}{more}.{trend}"

    def _bounded(self, result: Result, listed: str) -> str:
        """Say which groups, and how many, have a figure as it is asked for."""
        reading, bound = result.reading, result.reading.bound
        assert bound is not None
        by = self.field(reading.group[0])
        sign = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}.get(bound.op.value, "=")
        amount = self.value(result, bound.number)
        if bound.reference is not None:
            amount = self.say("전체 평균 ", "the mean of all rows, ") + amount
        held = f"{self._what(reading)} {sign} {amount}"
        result.evidence[0].setdefault("summary", []).extend([result.total, bound.number])
        return self.say(
            f"{number(result.total)}개입니다: {listed}. 읽은 뜻: {held}인 {by}, 조건 {self._scope(reading.where)}.",
            f"{number(result.total)}: {listed}. Read as: {by} with {held}, {self._scope(reading.where)}.",
        )

    def _trend(self, result: Result) -> str:
        values = [row for row in result.rows if row[1] is not None]
        if len(values) < 2:
            return ""
        first, last = values[0], values[-1]
        way = (last[1] > first[1]) - (last[1] < first[1])
        ko, en = {
            1: ("늘었습니다", "it rose"),
            -1: ("줄었습니다", "it fell"),
            0: ("같습니다", "it is the same"),
        }[way]
        field = result.reading.group[0]
        return self.say(
            f" {self.label(field, first[0])}에 비해 {self.label(field, last[0])}에는 {ko}.",
            f" From {self.label(field, first[0])} to {self.label(field, last[0])} {en}.",
        )

    def _row(self, result: Result, row: list[Any]) -> str:
        reading, width = result.reading, len(result.reading.group)
        label = " · ".join(self.label(each, value) for each, value in zip(reading.group, row, strict=False))
        of = ""
        if reading.figure.function is Function.SHARE and reading.part:
            of = f" ({number(row[width + 1])}/{number(row[width + 2])})"
        elif reading.figure.function is Function.SHARE:
            of = f" ({number(row[width + 1])})"
        return f"{label} {self.value(result, row[width])}{of}"
