"""Read a question over a data set: every word of it has a use, or it is asked back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.accidents.chat.grammar import near, refusals
from app.accidents.chat.grammar.alternatives import alternatives
from app.accidents.chat.grammar.bounds import Bounds
from app.accidents.chat.grammar.conditions import Conditions, joined
from app.accidents.chat.grammar.dimensions import Dimensions
from app.accidents.chat.grammar.figures import Figures
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace, Open, UnknownValue, Why
from app.accidents.chat.grammar.periods import Periods
from app.accidents.chat.grammar.reading import Ask, Condition, Direction, Figure, Kind, Reading
from app.accidents.chat.grammar.references import References
from app.accidents.chat.grammar.scan import scan
from app.accidents.chat.grammar.senses import Rank
from app.accidents.chat.grammar.shares import Shares
from app.accidents.chat.grammar.sides import sides_of
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.query import Filter, Op, Part

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
    items = Items.of(marks, text.written)
    _drop_glossed(items, text)
    _drop_measure_words(items, words)
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


def _names_measure(item: Item, words: Vocabulary) -> bool:
    return any(
        words.column(sense.field.column).is_measure and sense.rank < Rank.PART for sense in item.columns
    )


def _drop_measure_words(items: Items, words: Vocabulary) -> None:
    """Make use of a word that only says that a column holds scores: 수학 점수, math scores."""
    for item in items:
        if item.mark.text.casefold() not in _MEASURE_WORDS or item.values or _names_measure(item, words):
            continue
        before = items.before(item)
        if before is not None and any(words.column(s.field.column).is_measure for s in before.columns):
            item.used = True
            before.particle = before.particle or item.particle


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
    left = _left_over(state) or _lost_limit(reading, dimensions)
    if left is not None:
        return replace(left, message=state.text.written)
    whole = _with_history(reading, history, figures, follows=follows, fresh=fresh, state=state)
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


def _left_over(state: Parse) -> Open | None:
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
    bare = figures.wants_column and reading.figure.column is None
    if bare and history.figure.column is None:
        return _alone(reading, figures, state)
    if figures.complete and not follows and not bare:
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
    reading = replace(reading, where=tuple(_in_year(c, history) for c in reading.where))
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
        history, direction=reading.direction or history.direction, ask=ask, figure=figure, where=where, part=(*in_part, *replaced), group=reading.group or history.group, sides=(), mode="",
        notes=reading.notes, kept=(*kept, *in_part), unit=reading.unit or history.unit,
    )  # fmt: skip


def _in_year(condition: Condition, history: Reading) -> Condition:
    """Return a month or quarter of a follow-up in the year of the question before."""
    finer = condition.kind is Kind.PERIOD and condition.slot == "period" and not _years(condition)
    years = [f for c in (*history.where, *history.part) if c.kind is Kind.PERIOD for f in _years(c)]
    if (
        not finer
        or condition.level not in {"month", "quarter"}
        or len(years) != 1
        or years[0].op is not Op.IS
    ):
        return condition
    year = years[0].values[0]
    return replace(
        condition,
        filters=(years[0], *condition.filters),
        ko=f"{year}년 {condition.ko}",
        en=f"{condition.en} {year}",
    )


def _years(condition: Condition) -> list[Filter]:
    return [each for each in condition.filters if each.field.part is Part.YEAR]


def _continued_figure(reading: Reading, history: Reading, figures: Figures) -> Figure:
    figure = reading.figure
    if figure.column is None and figures.wants_column:
        return replace(figure, column=history.figure.column)
    return figure if figures.complete else history.figure
