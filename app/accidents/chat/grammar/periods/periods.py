"""The times that a question names, as conditions."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.periods.calendar import PARTS, given_parts, merged
from app.accidents.chat.grammar.periods.named import NamedTimes
from app.accidents.chat.grammar.periods.ranges import Ranges
from app.accidents.chat.grammar.reading import Condition
from app.accidents.chat.grammar.senses import TimeSense


class Periods(Ranges, NamedTimes):
    """Makes conditions of the times in a question."""

    def conditions(self) -> list[Condition]:
        """Return the conditions of all times that the question names, and mark their words as used."""
        conditions = [*self._relative(), *self._named()]
        moments = self._moments()
        conditions += self._ranges(moments)
        for sense, item, group in moments:
            if not item.used:
                self._use(*group)
                conditions.append(self._at(sense, item))
        return conditions

    def _moments(self) -> list[tuple[TimeSense, Item, list[Item]]]:
        """Return the moments, parts that belong together joined: 2012년 1분기, 8 March at 6 pm."""
        joined: list[tuple[TimeSense, Item, list[Item]]] = []
        for item in self.items:
            sense = item.time
            if sense is None or item.used or not self._fits(item, sense):
                continue
            last = joined[-1] if joined else None
            if last and self._joins(last, sense, item):
                joined[-1] = (merged(last[0], sense), last[1], [*last[2], item])
            else:
                joined.append((sense, item, [item]))
        return joined

    def _fits(self, item: Item, sense: TimeSense) -> bool:
        """Tell whether a moment can be meant: the table has dates, or a column of such parts."""
        if item.columns or item.values:
            return False
        if item.number_written is not None and self._is_number(item):
            return False
        if item.number_written is not None and sense.year is None and sense.day is None:
            return False
        return self.column is not None or all(
            self.words.part_column(PARTS[name]) for name in given_parts(sense) if name in PARTS
        )

    def _is_number(self, item: Item) -> bool:
        """Tell whether a bare number is compared with something, and no year."""
        after, before = self.items.after(item), self.items.before(item)
        compared = bool(after and after.says("ge", "gt", "le", "lt") and not after.says("since"))
        named = bool(
            before and any(self._reaches(c.field.column, item.number_written or 0) for c in before.columns)
        )
        counted = bool(after and any(word.startswith("unit_") for word in after.words))
        return compared or counted or (named and not (before and before.comma))

    def _reaches(self, name: str, number: float) -> bool:
        """Tell whether a column has numbers as large as one."""
        column = self.words.column(name)
        return column.is_measure and float(column.max or 0) >= number

    def _joins(self, last: tuple[TimeSense, Item, list[Item]], sense: TimeSense, item: Item) -> bool:
        previous = last[2][-1]
        between = self.items.all[previous.number + 1 : item.number]
        have, new = set(given_parts(last[0])), set(given_parts(sense))
        near = all(other.says("d_year", "d_day", "with", "am", "pm") for other in between)
        listed = previous.particle in {
            "와",
            "과",
            "랑",
            "보다",
            "부터",
            "까지",
            "에서",
            "이랑",
            "하고",
            "이나",
        }
        return (
            near
            and not listed
            and not have & new
            and bool(have)
            and not ("hour" in have and "year" in new and len(new) == 1)
        )
