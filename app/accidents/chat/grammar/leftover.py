"""Words that no part of a reading has used: those that say nothing, and those that matter."""

from __future__ import annotations

from app.accidents.chat.grammar import near
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.senses import Rank
from app.accidents.chat.grammar.state import Parse
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary

# Function words that change what is asked: unused, they must be asked back.
_WEIGHTY = {
    "not", "without", "percentile", "quartile", "median", "std", "variance", "mean", "sum", "ge", "gt", "le", "lt", "between", "since", "after",
    "until", "before", "corr", "outliers", "weekend", "workday", "each", "distinct", "missing", "present", "difference", "times", "change",
    "increase", "decrease", "spring", "summer", "autumn", "winter", "perday", "permonth", "peryear", "recent", "rank", "trend", "min", "max",
    "percent", "most", "least", "first", "last", "extreme_high", "nth", "ord2", "ord3", "ord4", "ord5", "never", "threshold", "than", "am", "pm",
    "noon", "daytime", "night", "dawn", "morning", "evening", "midnight", "rush_am", "rush_pm", "half1", "half2", "r_today", "r_yesterday",
    "r_last_year", "r_this_year", "r_year_before", "r_last_month", "r_this_month", "r_last_week", "r_this_week", "r_last_quarter",
    "r_this_quarter",
    "what_hour", "what_month", "what_year", "what_weekday", "what_day", "versus",
}  # fmt: skip
_CHANGES = ("change", "increase", "decrease")  # from one thing to another
_MEASURE_WORDS = {
    "점수",
    "성적",
    "값",
    "수치",
    "score",
    "scores",
    "mark",
    "marks",
    "grade",
    "grades",
    "reading",
    "readings",
    "level",
    "levels",
}
_SOFT = {
    "지역", "구역", "장소", "도로", "길", "운전자", "차량", "차", "매장", "지점", "과", "도시", "등급", "종류", "유형", "고객", "손님", "road", "roads", "area",
    "areas", "region", "place", "driver", "drivers", "vehicle", "vehicles", "type", "types", "store", "stores", "branch", "department", "category", "city",
    "customers", "customer", "weather", "날씨", "surface", "surfaces", "district", "districts", "clinic", "station", "stations", "group", "segment", "product", "products",
}  # fmt: skip


def drop_glossed(items: Items, text: Text) -> None:
    """Let a column's name in brackets stand for the word that it explains: 매출(amount)."""
    for item in items:
        after = items.after(item)
        opens = item.mark.end < len(text) and text.chars[item.mark.end] == "("
        if (
            after
            and opens
            and after.mark.start == item.mark.end + 1
            and (item.is_unknown or item.columns)
            and not item.values
        ):
            exact = any(sense.rank is Rank.EXACT for sense in after.columns)
            closes = after.mark.end < len(text) and text.chars[after.mark.end] == ")"
            if exact and closes:
                item.used = True


def _names_measure(item: Item, words: Vocabulary) -> bool:
    return any(
        words.column(sense.field.column).is_measure and sense.rank < Rank.PART for sense in item.columns
    )


def drop_measure_words(items: Items, words: Vocabulary) -> None:
    """Make use of a word that only says that a column holds scores: 수학 점수, math scores."""
    for item in items:
        if item.mark.text.casefold() not in _MEASURE_WORDS or item.values or _names_measure(item, words):
            continue
        before = items.before(item)
        if before is not None and any(words.column(s.field.column).is_measure for s in before.columns):
            item.used = True
            before.particle = before.particle or item.particle


def left_over(state: Parse) -> Open | None:
    """Return what is asked back because of a word that nothing made use of."""
    for item in state.items.free():
        if item.is_rows or not _matters(item, state.words) or _only_repeats(item, state.items):
            continue
        if item.says(*_CHANGES) and not item.columns:
            return Open(Why.NO_SIDES, item.mark.text)
        if item.is_unknown or not item.columns:
            options = near.suggestions(item.mark.text, state.words)
            return Open(Why.UNKNOWN_WORD, item.mark.text, options=options)
        return Open(
            Why.UNKNOWN_WORD,
            item.mark.text,
            options=tuple(state.words.column(c.field.column).source_name for c in item.columns)[:3],
        )
    return None


def _only_repeats(item: Item, items: Items) -> bool:
    """Tell whether a noun only says of what kind the value beside it is: wet roads, 달성군 지역."""
    soft = item.mark.text.casefold() in _SOFT
    return soft and any(
        other is not None and other.used and bool(other.values) for other in _around(item, items)
    )


def _around(item: Item, items: Items) -> list[Item | None]:
    before = items.before(item)
    past = items.before(before) if before and before.says("not") else None
    return [before, past, items.after(item)]


def _matters(item: Item, words: Vocabulary) -> bool:
    if item.is_unknown or item.values or (item.time and item.number_written is None):
        return True
    if item.columns and _is_date_verb(item, words):
        return False
    if item.columns and item.words & {
        "howmuch",
        "count",
        "total",
        "high",
        "low",
        "wh",
        "kinds",
        "unit_rows",
        "unit_people",
        "unit_score",
        "d_day",
        "rate",
    }:
        return False
    if item.columns:
        return min(
            sense.rank for sense in item.columns
        ) < Rank.BASE or not item.mark.text.casefold().endswith("ed")
    if item.number_written is not None:
        return item.mark.text.casefold() not in {"one", "한"}
    light = item.words & {
        "most",
        "least",
        "total",
        "high",
        "low",
        "overall",
        "count",
        "gt",
        "difference",
        "sample",
    }
    return bool(item.words & _WEIGHTY) and not (light and item.words - _WEIGHTY)


def _is_date_verb(item: Item, words: Vocabulary) -> bool:
    """Tell whether a word for a column of dates only says what was done then: admitted, 입사한."""
    temporal = all(words.column(sense.field.column).type.is_temporal for sense in item.columns)
    verb = item.mark.text.casefold().endswith("ed") or item.particle[:1] in {"한", "된", "하", "됐", "했"}
    noun = item.mark.text.endswith("자") and not item.mark.text.isascii()
    return temporal and (verb or noun)
