"""Read the reviews of JSON: texts, or a field of objects."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

from workers.reviews.reading import columns, json_rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Opened, Reading, checked, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SAMPLE_VALUES = 50
WORDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "an array",
    dict: "an object",
}


def read(stream: TextIO, head: str, text_column: str | None) -> Opened:
    """Return the rows of a stream of JSON whose beginning is `head`.

    Raises:
        UnreadableFileError: it holds no reviews.

    """
    kind, values = json_rows.read(stream, head)
    sample = list(islice(values, SAMPLE_VALUES))
    field = _text_field(sample, text_column)
    rows = _rows(chain(sample, values), field or text_column or "text")
    return Opened(Reading(kind, shown(field)), rows)


def _text_field(sample: Sequence[json_rows.Value], text_column: str | None) -> str | None:
    """Return which field of objects holds the text, None where there are texts only."""
    objects = [value.content for value in sample if isinstance(value.content, dict)]
    if not objects:
        if any(isinstance(value.content, str) for value in sample):
            return None
        detail = next((value.error for value in sample if value.error), "it holds neither texts nor objects")
        raise UnreadableFileError(f"the file is not JSON with reviews: {detail}")
    names: list[str] = list(dict.fromkeys(name for value in objects for name in value))
    cells = [[value[n] if isinstance(value.get(n), str) else "" for n in names] for value in objects]
    return names[columns.text_index(names, cells, text_column)]


def _rows(values: Iterable[json_rows.Value], field: str) -> Iterator[InputRow]:
    for index, value in enumerate(values):
        yield _row(index, value, field)


def _row(index: int, value: json_rows.Value, field: str) -> InputRow:
    if value.error:
        return InputRow(index, None, value.error)
    content: Any = value.content
    if isinstance(content, str):
        return checked(index, content, None, None)
    if not isinstance(content, dict):
        return InputRow(
            index, None, f"neither an object nor a text but {_word(content)}", value=shown(content)
        )
    column, found = shown(field), content.get(field)
    if not isinstance(found, str):
        said = _word(found) if field in content else "missing"
        reason = f"the field {column!r} should be a text and is {said}"
        return InputRow(index, None, reason, column=column, value=shown(found))
    named = {columns.plain(name): item for name, item in content.items()}
    code = next((named[name] for name in columns.LANGUAGE_NAMES if name in named), None)
    return checked(index, found, code, column)


def _word(content: Any) -> str:
    """Return what JSON calls a value."""
    return "null" if content is None else WORDS[type(content)]
