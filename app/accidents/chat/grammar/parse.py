"""Read a question over a data set: every word of it has a use, or it is asked back."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.grammar import near, refusals
from app.accidents.chat.grammar.alternatives import alternatives
from app.accidents.chat.grammar.bounds import Bounds
from app.accidents.chat.grammar.conditions.conditions import Conditions
from app.accidents.chat.grammar.conditions.joining import joined
from app.accidents.chat.grammar.dimensions.dimensions import Dimensions
from app.accidents.chat.grammar.figures.figures import Figures
from app.accidents.chat.grammar.follow_ups import with_history
from app.accidents.chat.grammar.items import Items
from app.accidents.chat.grammar.leftover import drop_glossed, drop_measure_words, left_over
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace, Open, UnknownValue, Why
from app.accidents.chat.grammar.periods.periods import Periods
from app.accidents.chat.grammar.reading import Ask, Condition, Direction, Reading
from app.accidents.chat.grammar.references import References
from app.accidents.chat.grammar.scan import scan
from app.accidents.chat.grammar.senses import Rank
from app.accidents.chat.grammar.shares import Shares
from app.accidents.chat.grammar.sides import sides_of
from app.accidents.chat.grammar.state import Parse
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary


def parse(message: str, words: Vocabulary, history: Reading | None = None) -> Reading | Open:
    """Return what a question asks of a data set, or why it cannot be said.

    `history` is the reading of the question before: a message that does not say everything keeps from it what
    it does not replace.
    """
    text = Text.of(message)
    marks, misspelt = near.mended(scan(text, words), words)
    items = Items.of(marks, text.written)
    drop_glossed(items, text)
    drop_measure_words(items, words)
    unsure = near.unsure(items, text, words)
    if unsure is not None:
        return replace(unsure, message=message)
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


def _read(state: Parse, history: Reading | None) -> Reading | Open:
    items, words = state.items, state.words
    follows = items.use("then") | items.use("those") | items.use("only") | _begins_with_and(items)
    fresh = items.use("reset")
    dimensions = Dimensions(items, words, state.text)
    dimensions.take_limit()
    figures = Figures(items, words)
    figures.take_fraction()
    figures.take_ranked_rows(dimensions)
    conditions, references = Conditions(items, words, state.text), References(items, words)
    figures.bound = Bounds(items, words, conditions, references).take(dimensions)
    where = _conditions(state, conditions, references)
    sides, where, mode = sides_of(items, where)
    dimensions.take_groups()
    shares = Shares(items, words, state.text)
    part, where, is_share = shares.split(where, mode)
    part, where = joined(part), joined(where)
    if is_share and not part:
        dimensions.take_share_group()
    figures.adjective = dimensions.take_ranked()
    reading = figures.reading(dimensions, where, part, sides, mode, is_share=is_share, compared=bool(sides))
    if isinstance(reading, Open):
        return replace(reading, message=state.text.written)
    reading = replace(reading, notes=(*state.notes, *reading.notes))
    reading = _turned(reading, history, items)
    left = left_over(state) or _lost_limit(reading, dimensions)
    if left is not None:
        return replace(left, message=state.text.written)
    whole = with_history(reading, history, figures, follows=follows, fresh=fresh, state=state)
    if isinstance(whole, Reading) and whole.ask is Ask.SHARE and not whole.part and not whole.group:
        return Open(Why.NOTHING_ASKED, message=state.text.written)  # a share of what?
    return whole


def _begins_with_and(items: Items) -> bool:
    first = items.all[0] if items.all else None
    if first and first.says("and") and first.mark.start == 0 and not first.used:
        first.used = True
        return True
    return False


def _conditions(state: Parse, conditions: Conditions, references: References) -> tuple[Condition, ...]:
    """Return the question's conditions in the order in which they stand."""
    items, words = state.items, state.words
    periods = Periods(items, words, state.text)
    compared = references.conditions()
    times = tuple(map(conditions.of_time, periods.conditions()))
    items.drop_prepositions()
    conditions_read = [
        *compared,
        *conditions.of_missing(),
        *times,
        *conditions.of_values(),
        *conditions.of_numbers(),
        *(conditions.of_events() if not items.say("corr") else ()),
    ]
    _unknown_value(items)
    unique = {
        (condition.filters, condition.reference): condition
        for condition in sorted(conditions_read, key=lambda each: -each.at)
    }
    return alternatives(tuple(sorted(unique.values(), key=lambda condition: condition.at)), items)


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


def _turned(reading: Reading, history: Reading | None, items: Items) -> Reading:
    """Return a follow-up that asks for the other end of a ranking, as 'and the lowest' does."""
    if history is None or history.direction is None or reading.group or reading.direction:
        return reading
    low, high = items.use("least", "low"), items.use("most", "extreme_high", "high")
    if not low and not high:
        return reading
    return replace(reading, direction=Direction.LEAST if low else Direction.MOST)


def _lost_limit(reading: Reading, dimensions: Dimensions) -> Open | None:
    """Return what is asked back where a top-n or a place was taken and nothing is ranked by it."""
    ranked = reading.ask in {Ask.RANKING, Ask.ROWS} or bool(reading.order_by)
    if ranked or (dimensions.limit is None and dimensions.nth is None):
        return None
    return Open(Why.NOTHING_ASKED)
