"""Sentences of rankings: the first, one place, ties, what follows."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plans.result import Result
from app.accidents.chat.answers.wording.groups import MOST_LISTED, GroupWording
from app.accidents.chat.answers.wording.phrases import number
from app.accidents.chat.grammar.reading import Direction


class RankingWording(GroupWording):
    """Sentences of rankings."""

    def _ranking(self, result: Result) -> str:
        if not result.rows:
            return self._nothing(result)
        reading = result.reading
        width = len(reading.group)
        if reading.mode == "within":
            return self._first_within(result)
        if reading.nth:
            return self._nth(result, reading.nth)
        wanted = len(result.rows) if reading.mode == "rank" else reading.limit or 1
        last = result.rows[min(wanted, len(result.rows)) - 1][width]
        chosen = [row for i, row in enumerate(result.rows) if i < wanted or row[width] == last]
        others = [row for row in result.rows if row not in chosen] if reading.limit is None else []
        most = reading.direction is not Direction.LEAST
        what, by = self._what(reading), ", ".join(self.field(each) for each in reading.group)
        listed = ", ".join(self._row(result, row) for row in chosen[:MOST_LISTED])
        head = self.say(
            f"{what}이(가) 가장 {'큰' if most else '작은'} {by}입니다.",
            f"{by} with the {'highest' if most else 'lowest'} {what}.",
        )
        return " ".join(
            part
            for part in (
                f"{listed}:",
                head,
                self._tie(result, chosen, wanted),
                self._next(result, others),
                self._scope_sentence(reading),
            )
            if part
        )

    def _nth(self, result: Result, nth: int) -> str:
        """Say which group stands at a place, and with which others it shares it."""
        reading, width = result.reading, len(result.reading.group)
        by = ", ".join(self.field(each) for each in reading.group)
        if len(result.rows) < nth:
            count = number(len(result.rows))
            return self.say(
                f"{by} 값이 {count}개뿐이라 {nth}번째가 없습니다.",
                f"There are only {count} of {by}, and no number {nth}.",
            )
        chosen = [row for row in result.rows if row[width] == result.rows[nth - 1][width]]
        before = [row for row in result.rows if row not in chosen and result.rows.index(row) < nth]
        most = reading.direction is not Direction.LEAST
        result.evidence[0].setdefault("summary", []).append(nth)
        listed, ahead = (", ".join(self._row(result, row) for row in rows) for rows in (chosen, before))
        head = self.say(
            f"{listed}: {self._what(reading)}이(가) {nth}번째로 {'큰' if most else '작은'} {by}입니다.",
            f"{listed}: number {nth} of {by} by the {'highest' if most else 'lowest'} {self._what(reading)}.",
        )
        tie = self._tie(result, chosen, 1)
        rest = self.say(f"그 앞은 {ahead}.", f"Before it: {ahead}.") if ahead else ""
        return " ".join(part for part in (head, tie, rest, self._scope_sentence(reading)) if part)

    def _first_within(self, result: Result) -> str:
        """Say of each outer group which inner one stands first."""
        reading = result.reading
        most = reading.direction is not Direction.LEAST
        firsts: dict[Any, list[list[Any]]] = {}
        for row in result.rows:
            rows = firsts.setdefault(row[0], [])
            if not rows or rows[0][2] == row[2]:
                rows.append(row)
        listed = "; ".join(
            ", ".join(self._row(result, row) for row in rows) for rows in list(firsts.values())[:MOST_LISTED]
        )
        outer, inner = (self.field(each) for each in reading.group[:2])
        what, end = self._what(reading), self._scope_sentence(reading)
        head = self.say(
            f"{outer}별로 {what}이(가) 가장 {'큰' if most else '작은'} {inner}:",
            f"{inner} with the {'highest' if most else 'lowest'} {what} for each {outer}:",
        )
        return f"{head} {listed}. {end}"

    def _tie(self, result: Result, chosen: list[list[Any]], wanted: int) -> str:
        width = len(result.reading.group)
        tied = [row for row in chosen if row[width] == chosen[-1][width]]
        if len(chosen) <= wanted and len(tied) < 2:
            return ""
        if len(tied) < 2:
            return ""
        names = ", ".join(self.label(result.reading.group[0], row[0]) for row in tied[:MOST_LISTED])
        return self.say(f"동률: {names}.", f"Tied: {names}.")

    def _next(self, result: Result, others: list[list[Any]]) -> str:
        if not others:
            return ""
        listed = ", ".join(self._row(result, row) for row in others)
        return self.say(f"다음은 {listed}.", f"Next: {listed}.")
