"""Questions for the different values of a column, or for how many there are."""

from __future__ import annotations

from app.accidents.chat.grammar.figures.measures import Conditions, Measures
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.outcome import Ambiguous
from app.accidents.chat.grammar.reading import Ask, Figure, Reading
from app.accidents.chat.grammar.senses import Rank
from app.accidents.datasets.query import Function


class DistinctQuestions(Measures):
    """Reads questions for different values."""

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
