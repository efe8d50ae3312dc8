"""Questions that go on from the one before, such as 'and in Jung-gu?' or 그럼 2015년은."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.grammar.figures.figures import Figures
from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.reading import Ask, Condition, Figure, Kind, Reading
from app.accidents.chat.grammar.state import Parse
from app.accidents.datasets.query import Filter, Op, Part


def with_history(
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
