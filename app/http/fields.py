"""Fields of a body that take their own type and nothing that only resembles it."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError, fields, validate

REFUSED = object()
MOST_SHOWN = 60  # characters of a value within a sentence
SHOWN, INT_BITS = 200, 64  # characters of a value that is sent back, and the size of a number


def shown(value: Any) -> Any:
    """Return what was sent, as far as it is short enough to be sent back."""
    if isinstance(value, int | float | bool | None):
        return value if not isinstance(value, int) or value.bit_length() <= INT_BITS else str(value)[:SHOWN]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:SHOWN]


def written(value: Any) -> str:
    """Return what was sent as JSON writes it, cut where it is long: a text has its quotation marks."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def dedupe(messages: Any) -> Any:
    """Return marshmallow's nested messages with each list of allowed values at its first place only."""
    return _said_once(messages, set())


def _said_once(messages: Any, seen: set[tuple[Any, ...]]) -> Any:
    if isinstance(messages, list):
        return [_said_once(inner, seen) for inner in messages]
    if not isinstance(messages, dict):
        return messages
    if "reason" not in messages:
        return {key: _said_once(inner, seen) for key, inner in messages.items()}
    allowed = tuple(messages.get("allowed", ()))
    if allowed not in seen:
        seen.add(allowed)
        return messages
    return {key: value for key, value in messages.items() if key != "allowed"}


def one_of_fields(*names: str) -> dict[str, Any]:
    """Return what a schema's `Meta.document` says where exactly one of some fields is to be there.

    Within an `allOf`, since generators of clients read a `oneOf` beside properties as another type.
    """
    return {"allOf": [{"oneOf": [{"required": [name]} for name in names]}]}


class Pattern(validate.Regexp):
    """A pattern that all of a text matches; Python's `$` would let a line feed follow, ECMA's does not."""

    def __call__(self, value: Any) -> Any:
        """Return the value; raise ValidationError where it does not match to its last character."""
        if isinstance(value, str) and value.endswith("\n"):
            raise ValidationError(self._format_error(value))
        return super().__call__(value)


class BoundedList(fields.List):  # type: ignore[type-arg]
    """A list whose length is checked before any of its entries is."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, list):
            for each in self.validators:
                if isinstance(each, validate.Length):
                    each(value)
        return super()._deserialize(value, *args, **kwargs)


class Flag(fields.Boolean):
    """A truth value, and nothing that only counts as one."""

    right = "true or false"

    def accept(self, value: Any) -> Any:
        """Return the truth value, REFUSED where marshmallow shall look closer."""
        return value if isinstance(value, bool) else REFUSED

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError({"reason": "It is not true or false.", "value": shown(value)})
        return super()._deserialize(value, *args, **kwargs)
