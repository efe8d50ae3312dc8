"""How many groups a question wants, and the place of one: the top 5, 세 번째로 많은 구."""

from __future__ import annotations

import re

from app.accidents.chat.grammar.dimensions.fields import LEAST, MOST, Fields
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.senses import NumberSense

_PLACES_IN_ORDER = range(1, 101)
_PICKS = {"unit_rows", "unit_places", "unit_kinds", "unit_people"}


class Limits(Fields):
    """Takes the numbers that count groups, or give one's place."""

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
                after.says(*MOST, *LEAST, "high", "low", "rank")
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

    def take_limit(self) -> None:
        """Take the number of a top-n out of the question."""
        self.take_nth()
        if self.nth or self.limit or not self.items.say(*MOST, *LEAST, "rank", "rank_up"):
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
        if self._names_groups(after) or (after and after.says(*MOST, *LEAST)):
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
