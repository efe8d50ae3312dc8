"""Cells of a CSV that a spreadsheet takes for what they are."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from unicodedata import category

# OWASP, "CSV Injection"; the full-width forms are folded to these by East Asian spreadsheets.
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
UNSEEN = {"Cf", "Cc", "Zs", "Zl", "Zp"}  # format characters, controls and blanks of any width
CONTROLS = "\t\r\n\v\f"
# A number is no formula, and a sign alone is none: they come back as they were sent.
_HARMLESS = re.compile(r"[+-](?:[0-9]{1,30}(?:[.,][0-9]{1,30}){0,9}%?)?")


def escape_formula(text: str) -> str:
    """Return a text that a spreadsheet takes for text and not for a formula."""
    # most texts; a look at each character takes five times as long
    if text[:1].isalnum() or _HARMLESS.fullmatch(text):
        return text
    risky = text.startswith(tuple(CONTROLS)) or _first_visible(text) in SIGNS
    return "'" + text if risky else text


def _first_visible(text: str) -> str:
    """Return the first character that a spreadsheet does not pass over, a control where there is none."""
    shown = (each for each in text if not (each.isspace() or each in "\"'" or category(each) in UNSEEN))
    return next(shown, "\0")


def cell(value: Any) -> Any:
    """Return a value as a cell: a number as it is, a list or an object as JSON, a text defused."""
    if isinstance(value, str):
        return escape_formula(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    return escape_formula(_as_text(value))


def _as_text(value: Any) -> str:
    """Return a time as ISO 8601 has it, a list or an object as JSON, anything else as it names itself."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
