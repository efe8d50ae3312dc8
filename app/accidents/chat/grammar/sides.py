"""Two sides of a comparison: more in one district than in another, one year against the next."""

from __future__ import annotations

import re

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.reading import Condition

_CUES = ("than", "versus", "difference", "change", "increase", "decrease", "times", "which_more")
Sides = tuple[Condition, ...]


def sides_of(items: Items, where: tuple[Condition, ...]) -> tuple[Sides, tuple[Condition, ...], str]:
    """Return the two sides (the one that is compared first, the base second), the other conditions, and how."""
    pair = _pair(where)
    cues = {name for name in _CUES if items.say(name)} | _chosen_between(items)
    cues |= {"times"} if re.search(r"\bratio (?:of|between)\b.*\b(?:to|and)\b", items.written) else set()
    if pair is None or not cues:
        return (), where, ""
    mode = _mode(items, cues)
    if mode == "which" and not cues & {"which_more", "between_two", "versus", "than"}:
        return (), where, ""
    first, second = _ordered(items, pair, cues, mode)
    items.use(*_CUES, "percent", "rate", "until", "high", "low", "gt", "lt", "wh", "or")
    _use_names(items, pair)
    rest = tuple(condition for condition in where if condition not in pair)
    return (first, second), rest, mode


def _use_names(items: Items, pair: tuple[Condition, Condition]) -> None:
    """Make use of words that only name what the two sides are: of Saturday and Sunday, which weekday."""
    columns = {each.field.column for condition in pair for each in condition.filters}
    for item in items.free():
        calendar = pair[0].level and any(word.endswith(pair[0].level) for word in item.words)
        if calendar or (
            item.columns and not item.values and {sense.field.column for sense in item.columns} <= columns
        ):
            item.used = True


def _pair(where: tuple[Condition, ...]) -> tuple[Condition, Condition] | None:
    """Return the two conditions that say different things of one field."""
    for index, condition in enumerate(where):
        for other in where[index + 1 :]:
            if condition.same_side(other) and condition.level == other.level:
                return condition, other
    return None


def _chosen_between(items: Items) -> set[str]:
    """Tell whether the question wants one of two: which had more, A or B."""
    asks = items.say("wh", "where", "which_more", "when") or (
        items.say("or") and not items.say("count", "howmuch", "people")
    )
    asks = asks or len(items.saying("high")) > 1 or len(items.saying("low")) > 1  # A가 많아 B가 많아
    return {"between_two"} if asks and items.say("high", "low", "gt", "lt", "most", "least") else set()


def _mode(items: Items, cues: set[str]) -> str:
    """Return how two sides are compared: by which is more, a difference, a change in percent, or how many times."""
    if "times" in cues:
        return "times"
    percent = items.say("percent", "rate")
    if _asks_which(items, cues, percent=percent):
        return "which"
    if cues & {"change", "increase", "decrease", "versus", "than"} and percent:
        return "change"
    counted = "than" in cues and items.say("count", "howmuch", "people")
    if counted or cues & {"difference", "change", "increase", "decrease"}:
        return "change" if percent else "difference"
    return "which"


def _asks_which(items: Items, cues: set[str], *, percent: bool) -> bool:
    """Tell whether only the one that is more is wanted: which had more, 둘 중 더 많은."""
    if percent or items.say("count", "howmuch", "people", "change"):
        return False
    plain = cues <= {"difference", "between_two", "than", "which_more"} and items.say("high", "low", "gt")
    return plain or items.say("wh", "where", "which_more", "when")


def _ordered(
    items: Items, pair: tuple[Condition, Condition], cues: set[str], mode: str
) -> tuple[Condition, Condition]:
    """Return the compared side before the base, as the words between and behind them say."""
    first, second = pair
    base = _marked_base(items, pair)
    if base is not None:
        return (second, first) if base is first else (first, second)
    is_time = first.kind == "period"
    if (
        is_time
        and mode in {"change", "difference", "times"}
        and cues & {"change", "increase", "decrease", "versus"}
    ):
        return (second, first) if _sort_key(first) < _sort_key(second) else (first, second)
    return first, second


def _marked_base(items: Items, pair: tuple[Condition, Condition]) -> Condition | None:
    """Return the side that a word marks as what is compared with: 2016년 대비, 수성구보다, than in Suseong-gu."""
    for condition in pair:
        item = _at(items, condition)
        if item is None:
            continue
        last = item
        after = items.after(last)
        if item.particle.startswith("보다") or (
            after and after.says("versus", "than") and not after.mark.text.isascii()
        ):
            return condition
        before = items.before(item)
        while before and before.columns and before.used:
            before = items.before(before)
        if before and before.mark.text.isascii() and (before.says("than", "since") or _compared(before)):
            return condition
    return None


def _compared(item: Item) -> bool:
    return item.says("versus") and item.mark.text.casefold() not in {"compare", "comparing", "comparison"}


def _at(items: Items, condition: Condition) -> Item | None:
    return next((item for item in items if item.mark.start == condition.at), None)


def _sort_key(condition: Condition) -> tuple[float, ...]:
    return tuple(
        float(value)
        for each in condition.filters
        for value in each.values[:1]
        if isinstance(value, int | float)
    )
