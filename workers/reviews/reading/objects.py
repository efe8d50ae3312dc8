"""Read the reviews of JSON: texts, or a field of objects."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from workers.reviews.reading import columns, json_rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Opened, Reading, Wanted, checked, shown

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


def read(stream: TextIO, head: str, wanted: Wanted) -> Opened:
    """Return the rows of a stream of JSON whose beginning is `head`.

    Raises:
        UnreadableFileError: it holds no reviews.

    """
    kind, values = json_rows.read(stream, head)
    sample = list(islice(values, SAMPLE_VALUES))
    objects = [value.content for value in sample if isinstance(value.content, dict)]
    names: list[str] = list(dict.fromkeys(name for value in objects for name in value))
    if wanted.id_column is not None and names:
        columns.wanted_index(names, wanted.id_column)
    field = _text_field(sample, objects, names, wanted.text_column)
    rows = _rows(chain(sample, values), field or wanted.text_column or "text", wanted.most)
    note = None if field is None or wanted.text_column else _note(objects, names, field)
    return Opened(Reading(kind, shown(field), note=note, columns=tuple(names), text_column=field), rows)


def _note(objects: Sequence[dict[str, Any]], names: Sequence[str], field: str) -> str | None:
    """Return what is to be said of fields that hold texts as good as those of the one that is read."""
    others = columns.rivals(names, _cells(objects, names), names.index(field))
    if not others:
        return None
    listed = ", ".join(repr(shown(names[i])) for i in others[: columns.SHOWN_NAMES])
    return f"{listed} may hold reviews as well; {shown(field)!r} is read, `text_column` names another"


def _cells(objects: Sequence[dict[str, Any]], names: Sequence[str]) -> list[list[str]]:
    return [[value[n] if isinstance(value.get(n), str) else "" for n in names] for value in objects]


def _text_field(
    sample: Sequence[json_rows.Value],
    objects: Sequence[dict[str, Any]],
    names: Sequence[str],
    text_column: str | None,
) -> str | None:
    """Return which field of objects holds the text, None where there are texts only."""
    if not objects:
        if any(isinstance(value.content, str) for value in sample):
            return None
        detail = next((value.error for value in sample if value.error), "it holds neither texts nor objects")
        raise UnreadableFileError(f"the file is not JSON with reviews: {detail}")
    return names[columns.text_index(names, _cells(objects, names), text_column)]


def _rows(values: Iterable[json_rows.Value], field: str, most: int) -> Iterator[InputRow]:
    for index, value in enumerate(values):
        row, content = _row(index, value, field, most), value.content
        if isinstance(content, dict) and (row.text is None or len(content) > 1):
            sent = content if row.text is None else {**content, field: None}
            yield msgspec.structs.replace(row, sent=sent)
        else:
            yield row


def _row(index: int, value: json_rows.Value, field: str, most: int) -> InputRow:
    if value.error:
        return InputRow(index, None, value.error)
    content: Any = value.content
    if isinstance(content, str):
        return checked(index, content, None, None, most=most)
    if not isinstance(content, dict):
        return InputRow(
            index, None, f"neither an object nor a text but {_word(content)}", value=shown(content)
        )
    column, text = shown(field), content.get(field)
    if not isinstance(text, str):
        kind = _word(text) if field in content else "missing"
        reason = f"the field {column!r} should be a text and is {kind}"
        return InputRow(index, None, reason, column=column, value=shown(text))
    named = {columns.plain(name): item for name, item in content.items()}
    code = next((named[name] for name in columns.LANGUAGE_NAMES if name in named), None)
    return checked(index, text, code, column, most=most)


def _word(content: Any) -> str:
    """Return what JSON calls a value."""
    return "null" if content is None else WORDS[type(content)]
