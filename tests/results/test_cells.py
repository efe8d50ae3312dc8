"""Cells of a CSV: numbers stay numbers, texts never become formulas."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import hypothesis
import pytest
from hypothesis import strategies

from app.files.jobs.csv_cells import FORMULA_STARTS, cell, escape_formula

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
        (["-1", "다"], '["-1", "다"]'),
        ({"a": None}, '{"a": null}'),
        (ID, str(ID)),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    ],
)
def test_a_value_is_shown_as_what_it_is(value, shown):
    assert cell(value) == shown
    assert type(cell(value)) is type(shown)


@hypothesis.given(strategies.text("=+-@\t\r\n\"' \uff1d\uff0b\u3000a", max_size=6))
@hypothesis.settings(derandomize=True, database=None)
def test_no_text_begins_like_a_formula(text):
    found = escape_formula(text)
    assert not found.startswith(FORMULA_STARTS)
    assert found in {text, "'" + text}
    if not text.lstrip(" \u3000\"'").startswith(FORMULA_STARTS):
        assert found == text
