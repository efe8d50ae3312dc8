"""Sentences of rows, of different values and of what columns hold."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plans.result import Result
from app.accidents.chat.answers.wording.groups import MOST_LISTED, GroupWording
from app.accidents.chat.answers.wording.phrases import number
from app.accidents.chat.grammar.reading import Direction


class RowWording(GroupWording):
    """Sentences of rows and columns."""

    def _distinct(self, result: Result) -> str:
        name, scope = self.field(result.reading.group[0]), self._scope(result.reading.where)
        return self.say(
            f"{name}의 서로 다른 값은 {number(result.value)}가지입니다. 조건: {scope}.",
            f"{name} has {number(result.value)} different values, {scope}.",
        )

    def _values(self, result: Result) -> str:
        return self._groups(result)

    def _ranked_rows(self, result: Result) -> str:
        """Say which rows have the most of a column."""
        reading = result.reading
        if not result.rows:
            return self._nothing(result)
        columns = result.evidence[0]["columns"]
        at = columns.index(reading.order_by)
        wanted = result.shown or 1
        if reading.nth and len(result.rows) < reading.nth:
            return self._nothing(result)
        last = result.rows[min(wanted, len(result.rows)) - 1][at]
        chosen = [
            row for i, row in enumerate(result.rows) if (i < wanted and not reading.nth) or row[at] == last
        ]
        listed = "; ".join(
            ", ".join(f"{name}: {self._cell(name, cell)}" for name, cell in zip(columns, row, strict=False))
            for row in chosen[:MOST_LISTED]
        )
        most = reading.direction is not Direction.LEAST
        name = self.words.column(reading.order_by).source_name
        tied = sum(row[at] == last for row in chosen) > 1
        tie = self.say(" 마지막 자리는 동률입니다.", " The last place is tied.") if tied else ""
        nth = reading.nth or ""
        result.evidence[0].setdefault("summary", []).extend(
            [len(chosen), result.total, *([nth] if nth else [])]
        )
        return self.say(
            f"{listed}. {name}이(가) {f'{nth}번째로' if nth else '가장'} {'큰' if most else '작은'} {len(chosen)}행"
            f"({number(result.total)}행 중), 조건 {self._scope(reading.where)}.{tie}",
            f"{listed}. The {len(chosen)} rows with the {'highest' if most else 'lowest'} {name}"
            f"{f' (place {nth})' if nth else ''} of {number(result.total)}, {self._scope(reading.where)}.{tie}",
        )

    def _cell(self, name: str, value: Any) -> str:
        return (
            number(value) if self.words.column(name).is_measure else str(value if value is not None else "-")
        )

    def _rows(self, result: Result) -> str:
        if result.reading.order_by:
            return self._ranked_rows(result)
        shown = result.rows[:20]
        columns = result.evidence[0]["columns"]
        one = len(columns) == 1
        listed = "; ".join(
            ", ".join(
                str(cell) if one else f"{name}: {cell}" for name, cell in zip(columns, row, strict=False)
            )
            for row in shown
        )
        result.evidence[0].setdefault("summary", []).append(len(shown))
        return self.say(
            f"모두 {number(result.total)}행 중 {len(shown)}행: {listed}.",
            f"{len(shown)} of {number(result.total)} rows: {listed}.",
        )

    def _correlation(self, result: Result) -> str:
        figure = result.reading.figure
        x, y = (self.words.column(name or "").source_name for name in (figure.column, figure.other))
        if result.value is None:
            return self.say(
                f"{x}와(과) {y}의 상관계수를 낼 수 없습니다(값이 없거나 모두 같음).",
                f"{x} and {y} have no correlation: a value is missing or constant.",
            )
        return self.say(
            f"{x}와(과) {y}의 상관계수(피어슨)는 {result.value:.3f}입니다. 상관은 원인을 뜻하지 않습니다. 조건: {self._scope(result.reading.where)}.",
            f"The correlation (Pearson) of {x} and {y} is {result.value:.3f}. It says nothing of causes. {self._scope(result.reading.where)}.",
        )

    def _outliers(self, result: Result) -> str:
        name = self.words.column(result.reading.figure.column or "").source_name
        if result.fences is None:
            return self._nothing(result)
        low, high = (number(fence) for fence in result.fences)
        return self.say(
            f"{name}의 이상치는 {number(result.value)}개입니다: {low} 미만이거나 {high} 초과인 값(사분위 범위 기준).",
            f"{name} has {number(result.value)} outliers: values below {low} or above {high} (by the interquartile range).",
        )

    def _range(self, result: Result) -> str:
        if not result.matched:
            return self._nothing(result)
        name = self.words.column(result.reading.figure.column or "").source_name
        low, high = (
            str(side) if isinstance(side, str) else self.value(result, side) for side in result.sides
        )
        return self.say(
            f"{name}은(는) {low}부터 {high}까지입니다. 조건: {self._scope(result.reading.where)}.",
            f"{name} runs from {low} to {high}, {self._scope(result.reading.where)}.",
        )

    def _columns(self, result: Result) -> str:
        listed = ", ".join(str(row[0]) for row in result.rows[:40])
        return self.say(
            f"열은 {result.total}개입니다: {listed}.", f"There are {result.total} columns: {listed}."
        )

    def _missing(self, result: Result) -> str:
        if len(result.evidence[0]["columns"]) > 2:
            return self.say("빈 값이 있는 열이 없습니다.", "No column misses a value.")
        listed = ", ".join(f"{name} {number(count)}" for name, count in result.rows[:20])
        return self.say(f"빈 값이 있는 열: {listed}.", f"Columns that miss values: {listed}.")
