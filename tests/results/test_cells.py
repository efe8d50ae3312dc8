"""Cells of a CSV: numbers stay numbers, texts never become formulas."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import hypothesis
import pytest
from hypothesis import strategies

from app.files.jobs.csv_cells import CONTROLS, SIGNS, cell, escape_formula

ID = UUID(int=1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-0.5, -0.5),
        (7, 7),
        ("", ""),
        ("fine = good", "fine = good"),
        ("it's", "it's"),
        ("=1+1", "'=1+1"),
        ('"=1+1', "'\"=1+1"),
        ("-", "-"),
        ("-5", "-5"),
        ("+1,234.5%", "+1,234.5%"),
        ("-5+1", "'-5+1"),
        ("-5\n", "'-5\n"),
        ("-A1", "'-A1"),
        ("--5", "'--5"),
        ("\uff0d5", "'\uff0d5"),
        (["-1", "다"], '["-1", "다"]'),
        ({"a": None}, '{"a": null}'),
        (ID, str(ID)),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    ],
)
def test_a_value_is_shown_as_what_it_is(value, shown):
    assert cell(value) == shown
    assert type(cell(value)) is type(shown)


INVISIBLE = "\u00a0\u200b\ufeff\v\f\u2003\u2060\u00ad\u180e\u202e"


@hypothesis.given(strategies.text("=+-@\t\r\n\"' \uff1d\uff0b\ufe62\ufe66\u3000a" + INVISIBLE, max_size=6))
@hypothesis.settings(derandomize=True, database=None)
def test_no_text_begins_like_a_formula(text):
    escaped = escape_formula(text)
    assert escaped in {text, "'" + text}
    visible = text.strip("\"' \t\r\n\u3000" + INVISIBLE)
    if (
        text not in {"+", "-"}
        and text
        and (
            text[0] in CONTROLS
            or (
                visible[:1]
                and visible[0] in SIGNS
                and text.index(visible[0]) == len(text) - len(text.lstrip("\"' \t\r\n\u3000" + INVISIBLE))
            )
        )
    ):
        assert escaped == "'" + text


@pytest.mark.parametrize("before", [*INVISIBLE, " ", "'", '"'])
@pytest.mark.parametrize("sign", SIGNS)
def test_what_a_spreadsheet_passes_over_hides_no_formula(before, sign):
    assert escape_formula(f"{before}{sign}1+1") == f"'{before}{sign}1+1"
