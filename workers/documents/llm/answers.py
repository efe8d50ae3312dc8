"""What a language model is asked to answer, and what of its answer is taken as said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workers.documents.tree import KINDS

MOST_ANSWER_CHARACTERS = 400_000
MOST_ITEMS = 500  # of one answer
MOST_QUOTE, MOST_NAME, MOST_SUMMARY = 20_000, 300, 2000

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["items"],
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind", "name", "quote", "is_included", "value", "unit", "summary"],
                "properties": {
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "name": {"type": "string", "description": "a short name, in the document's language"},
                    "quote": {"type": "string", "description": "the document's own words, copied exactly"},
                    "is_included": {"type": "boolean"},
                    "value": {"type": ["string", "null"], "description": "the number, as the quote has it"},
                    "unit": {"type": ["string", "null"], "description": "currency, % or unit of time"},
                    "summary": {"type": ["string", "null"], "description": "one sentence"},
                },
            },
        }
    },
}


class MalformedAnswer(ValueError):
    """Raised when an answer is not of the form that was asked for."""


@dataclass(frozen=True)
class Answered:
    """One item that a model named; nothing of it is believed yet."""

    kind: str
    name: str
    quote: str
    value: str | None
    unit: str | None
    summary: str | None


def parse(content: Any) -> list[Answered]:
    """Return the items of an answer, a document or its JSON.

    Raises:
        MalformedAnswer: it is not of the form that was asked for.

    """
    document = _document(content)
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise MalformedAnswer("it is no object with a list of items")
    if len(items) > MOST_ITEMS:
        raise MalformedAnswer(f"it has {len(items)} items, and {MOST_ITEMS} may be")
    return [_item(each) for each in items]


def _document(content: Any) -> Any:
    if not isinstance(content, str):
        return content
    if len(content) > MOST_ANSWER_CHARACTERS:
        raise MalformedAnswer(f"it has more than {MOST_ANSWER_CHARACTERS} characters")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise MalformedAnswer("it is no JSON") from None


def _item(item: Any) -> Answered:
    if not isinstance(item, dict) or item.get("kind") not in KINDS:
        raise MalformedAnswer("an item is of no kind that was asked for")
    return Answered(
        kind=item["kind"],
        name=_text(item, "name", MOST_NAME),
        quote=_text(item, "quote", MOST_QUOTE),
        value=_optional(item.get("value")),
        unit=_optional(item.get("unit")),
        summary=_text(item, "summary", MOST_SUMMARY) or None,
    )


def _text(item: Mapping[str, Any], name: str, most: int) -> str:
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise MalformedAnswer(f"an item's {name} is no text of up to {most} characters")
    return " ".join(value.replace("\0", " ").split()) if name != "quote" else value.strip()


def _optional(value: Any) -> str | None:
    return str(value)[:60] if isinstance(value, str | int | float) and value != "" else None
