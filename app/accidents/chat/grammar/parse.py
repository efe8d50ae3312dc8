"""Read a question over a data set: every word of it has a use, or it is asked back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.accidents.chat.grammar import near, refusals
from app.accidents.chat.grammar.conditions import Conditions, joined
from app.accidents.chat.grammar.dimensions import Dimensions
from app.accidents.chat.grammar.figures import Figures
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace, Open, UnknownValue, Why
from app.accidents.chat.grammar.periods import Periods
from app.accidents.chat.grammar.reading import Ask, Condition, Figure, Reading
from app.accidents.chat.grammar.scan import scan
from app.accidents.chat.grammar.senses import Rank
from app.accidents.chat.grammar.shares import Shares
from app.accidents.chat.grammar.sides import sides_of
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary

# Function words that change what is asked: unused, they must be asked back.
_WEIGHTY = {
    "not", "without", "percentile", "quartile", "median", "std", "variance", "mean", "sum", "ge", "gt", "le", "lt", "between", "since", "after",
    "until", "before", "corr", "outliers", "weekend", "workday", "each", "distinct", "missing", "present", "difference", "times", "change",
    "spring", "summer", "autumn", "winter", "perday", "permonth", "peryear", "recent", "rank", "percent", "most", "least",
    "night", "dawn", "morning", "evening", "midnight", "rush_am", "rush_pm", "half1", "half2", "r_last_year", "r_last_month",
}  # fmt: skip
_SOFT = {
    "지역", "구역", "장소", "도로", "길", "운전자", "차량", "차", "매장", "지점", "과", "도시", "등급", "종류", "유형", "고객", "손님", "road", "roads", "area",
    "areas", "region", "place", "driver", "drivers", "vehicle", "vehicles", "type", "types", "store", "stores", "branch", "department", "category", "city",
    "customers", "customer", "weather", "날씨", "surface", "surfaces", "district", "districts", "clinic", "station", "stations", "group", "segment", "product", "products",
}  # fmt: skip


@dataclass
class Parse:
    """The state of reading one question."""

    text: Text
    words: Vocabulary
    items: Items
    notes: list[tuple[str, str]] = field(default_factory=list)
    stated: bool = False  # the question says by itself what it asks for


def parse(message: str, words: Vocabulary, history: Reading | None = None) -> Reading | Open:
    """Return what a question asks of a data set, or why it cannot be said.

    `history` is the reading of the question before: a message that does not say everything keeps from it what
    it does not replace.
    """
    text = Text.of(message)
    marks, misspelt = near.mended(scan(text, words), words)
    items = Items.of(marks)
    _drop_glossed(items, text)
    refusal = refusals.refused(items)
    if refusal:
        return refusal
    state = Parse(text, words, items)
    state.notes += [
        (f"'{wrote}'은(는) '{meant}'(으)로 읽었습니다.", f"'{wrote}' was read as '{meant}'.")
        for wrote, meant in misspelt
    ]
    try:
        return _read(state, history)
    except Ambiguous as doubt:
        names = tuple(dict.fromkeys(words.column(each.column).source_name for each in doubt.fields))
        why = Why.AMBIGUOUS_VALUE if doubt.kind == "value" else Why.AMBIGUOUS_COLUMN
        return Open(why, doubt.word, options=names[:3], message=message)
    except UnknownValue as unknown:
        options = near.suggestions(unknown.word, words, column=unknown.column)
        return Open(
            Why.UNKNOWN_VALUE, unknown.word, words.column(unknown.column).source_name, options, message
        )
    except NoPlace as nothing:
        return Open(Why.NOTHING_ASKED, str(nothing), options=nothing.options, message=message)


def _drop_glossed(items: Items, text: Text) -> None:
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


def _read(state: Parse, history: Reading | None) -> Reading | Open:
    items, words = state.items, state.words
    follows = items.use("then") | items.use("those") | items.use("only") | _begins_with_and(items)
    fresh = items.use("reset")
    dimensions = Dimensions(items, words, state.text)
    dimensions.take_limit()
    figures = Figures(items, words)
    figures.take_fraction()
    where = _conditions(state)
    sides, where, mode = sides_of(items, where)
    dimensions.take_groups()
    shares = Shares(items, words, state.text)
    part, where, is_share = shares.split(where, mode)
    part, where = joined(part), joined(where)
    figures.adjective = dimensions.take_ranked()
    reading = figures.reading(dimensions, where, part, sides, mode, is_share=is_share, compared=bool(sides))
    if isinstance(reading, Open):
        return replace(reading, message=state.text.written)
    reading = replace(reading, notes=(*state.notes, *reading.notes))
    left = _left_over(state)
    if left is not None:
        return replace(left, message=state.text.written)
    return _with_history(reading, history, figures, follows=follows, fresh=fresh, state=state)


def _begins_with_and(items: Items) -> bool:
    first = items.all[0] if items.all else None
    if first and first.says("and") and first.mark.start == 0 and not first.used:
        first.used = True
        return True
    return False


def _conditions(state: Parse) -> tuple[Condition, ...]:
    """Return the question's conditions in the order in which they stand."""
    items, words = state.items, state.words
    periods = Periods(items, words, state.text)
    conditions = Conditions(items, words, state.text)
    times = periods.conditions()
    items.drop_prepositions()
    found = [
        *conditions.of_missing(),
        *times,
        *conditions.of_values(),
        *conditions.of_numbers(),
        *(conditions.of_events() if not items.say("corr") else ()),
    ]
    _unknown_value(items)
    unique = {condition.filters: condition for condition in sorted(found, key=lambda each: -each.at)}
    return tuple(sorted(unique.values(), key=lambda condition: condition.at))


def _unknown_value(items: Items) -> None:
    """Raise UnknownValue where a word that nothing explains stands right behind a column's name or before it."""
    for item in items.free():
        before, after = items.before(item), items.after(item)
        if not item.is_unknown:
            continue
        for neighbour in (before, after):
            named = neighbour.columns if neighbour and not neighbour.used else []
            texts = [c for c in named if c.rank < Rank.PART]
            if neighbour and texts and not neighbour.is_rows and not neighbour.says("d_day"):
                raise UnknownValue(item.mark.text, texts[0].field.column)


def _left_over(state: Parse) -> Open | None:
    """Return what is asked back because of a word that nothing made use of."""
    for item in state.items.free():
        if item.is_rows or not _matters(item) or _only_repeats(item, state.items):
            continue
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


def _matters(item: Item) -> bool:
    if item.is_unknown or item.values or (item.time and item.number_written is None):
        return True
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
        ) < Rank.PART or not item.mark.text.casefold().endswith("ed")
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


def _with_history(
    reading: Reading, history: Reading | None, figures: Figures, *, follows: bool, fresh: bool, state: Parse
) -> Reading | Open:
    """Return the reading with what it keeps of the question before it."""
    if history is None:
        return _alone(reading, figures, state)
    if fresh:
        keeps = replace(history, where=(), part=history.part if not reading.figure.stated else ())
        return (
            _continued(replace(reading, kept=()), keeps, figures)
            if not _says_figure(reading, figures)
            else reading
        )
    if figures.complete and not follows:
        return reading
    return _continued(reading, history, figures)


def _says_figure(reading: Reading, figures: Figures) -> bool:
    return figures.complete and (reading.figure.column is not None or not figures.wants_column)


def _alone(reading: Reading, figures: Figures, state: Parse) -> Reading | Open:
    if figures.wants_column and reading.figure.column is None:
        numbers = state.words.numbers
        if len(numbers) == 1:
            return replace(reading, figure=replace(reading.figure, column=numbers[0].name))
        return Open(
            Why.NO_MEASURE,
            options=tuple(column.source_name for column in numbers[:3]),
            message=state.text.written,
        )
    if not figures.complete and not reading.where and not reading.group and not state.items.all:
        return Open(Why.NOTHING_ASKED, state.text.written)
    if not figures.complete and not any(item.is_rows for item in state.items) and not reading.where:
        return Open(Why.NOTHING_ASKED, state.text.written)
    return reading


def _continued(reading: Reading, history: Reading, figures: Figures) -> Reading:
    """Return a reading that takes from an earlier one what it does not say itself."""
    slots = {condition.slot for condition in reading.where}
    kept = tuple(condition for condition in history.where if condition.slot not in slots)
    in_part = tuple(
        c for c in history.part if c.slot not in {d.slot for d in (*reading.part, *reading.where)}
    )
    figure = _continued_figure(reading, history, figures)
    if figures.complete and reading.ask is not Ask.FIGURE:
        return replace(reading, figure=figure, where=(*kept, *reading.where), kept=kept)
    if figures.complete and not figures.wants_column:
        return replace(reading, figure=figure, where=(*kept, *reading.where), kept=kept)
    replaced = tuple(c for c in reading.where if c.slot in {p.slot for p in history.part})
    where = (*kept, *(c for c in reading.where if c not in replaced))
    ask = (
        history.ask if not reading.group else (Ask.GROUPS if history.ask is not Ask.RANKING else history.ask)
    )
    ask = Ask.FIGURE if history.ask is Ask.COMPARISON else ask
    return replace(
        history, ask=ask, figure=figure, where=where, part=(*in_part, *replaced), group=reading.group or history.group, sides=(), mode="",
        notes=reading.notes, kept=(*kept, *in_part), unit=reading.unit or history.unit,
    )  # fmt: skip


def _continued_figure(reading: Reading, history: Reading, figures: Figures) -> Figure:
    figure = reading.figure
    if figure.column is None and figures.wants_column:
        return replace(figure, column=history.figure.column)
    return figure if figures.complete else history.figure
