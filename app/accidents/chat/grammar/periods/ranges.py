"""Spans of time as they are written: from March to May, since 2015, before 9 am."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.periods.calendar import completed
from app.accidents.chat.grammar.periods.filters import PeriodFilters
from app.accidents.chat.grammar.reading import Condition
from app.accidents.chat.grammar.senses import TimeSense

_RANGES = {"since", "after", "until", "before"}
_ENGLISH_SIDES = {
    "from": "since",
    "starting": "since",
    "starting in": "since",
    "later than": "after",
    "prior to": "before",
    "up to": "until",
    "earlier than": "before",
}


class Ranges(PeriodFilters):
    """Joins moments to spans."""

    def _ranges(self, moments: list[tuple[TimeSense, Item, list[Item]]]) -> list[Condition]:
        """Turn moments with words for before, after, from and to into conditions; use them up."""
        ranges = []
        index = 0
        while index < len(moments):
            sense, item, group = moments[index]
            following = moments[index + 1] if index + 1 < len(moments) else None
            if following and self._spans(group[-1], following[1], following[2][-1]):
                other = completed(sense, following[0])
                ranges.append(self._between(completed(other, sense, up=True), other, item))
                self._use(*group, *following[2])
                index += 2
                continue
            side = self._side(item, group[-1])
            if side:
                ranges.append(self._beyond(sense, side, item))
                self._use(*group)
            index += 1
        return ranges

    def _spans(self, first: Item, second: Item, last: Item) -> bool:
        """Tell whether two moments are the ends of one span: 9시부터 12시까지, between May and July, 2012-2014."""
        between = self.items.all[first.number + 1 : second.number]
        before, after = self.items.before(first), self.items.after(last)
        tail = after if after and after.says("between", "until") else None
        opened = before is not None and before.says("between", "since") and before.mark.text.isascii()
        text_between = self._text_between(first, second)
        korean = first.particle.startswith(("부터", "에서")) or any(i.says("since") for i in between)
        closed = last.particle.startswith("까지") or tail is not None
        dash = any(sign in text_between for sign in "~–—") or text_between.strip() in {
            "-",
            "to",
            "through",
            "until",
        }
        english = opened and (
            any(i.says("until", "and") for i in between) or text_between.strip() in {"to", "and"}
        )
        if english and self.items.say("change", "difference", "increase", "decrease", "times"):
            self._use(*[i for i in between if i.says("until")], *([before] if before else []))
            return False
        if (
            dash
            or english
            or (korean and (closed or dash))
            or (tail is not None and first.particle in {"와", "과"})
        ):
            self._use(*[i for i in between if i.says("until", "since", "and", "between")])
            self._use(*([before] if opened and before else []), *([tail] if tail else []))
            return True
        return False

    def _text_between(self, first: Item, second: Item) -> str:
        start, end = first.mark.end, second.mark.start
        places = self.text.places
        return self.text.written[places[start - 1] + 1 : places[end]]

    def _side(self, first: Item, last: Item) -> str:
        """Return the word that opens a span at a moment: since, after, until or before."""
        after, before = self.items.after(last), self.items.before(first)
        particle = last.particle
        if (
            after
            and not after.used
            and after.says(*_RANGES, "ge", "le", "lt", "gt")
            and not after.mark.text.isascii()
        ):
            after.used = True
            return next(
                w for w in ("since", "until", "before", "after", "ge", "le", "lt", "gt") if after.says(w)
            )
        if (
            after
            and not after.used
            and after.mark.text.casefold() in {"onwards", "onward", "or later", "and later"}
        ):
            after.used = True
            return "since"
        if before and not before.used and before.says(*_RANGES, "gt", "lt") and before.mark.text.isascii():
            before.used = True
            word = before.mark.text.casefold()
            return _ENGLISH_SIDES.get(
                word, next((w for w in ("since", "until", "before", "after") if before.says(w)), "since")
            )
        if particle.startswith("부터"):
            return "since"
        return "until" if particle.startswith("까지") else ""
