"""What is wrong with each field of a request: where, what was sent, and what would be right.

marshmallow's messages say what is wrong with a value and not what it was, nor what is right. Both are
found here, in what was sent and in the schema that refused it, so that every row has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate

from app.http.fields import shown

MISSING = missing  # what a query gives for what it does not name, too
SECRET = re.compile(r"key|token|secret|passw|authorization|cookie", re.IGNORECASE)
HIDDEN = "(not shown)"
MOST_ROWS = 20  # of the errors of one answer
MOST_BYTES = 64 << 10  # of them all
MOST_NAME = 100  # characters of a field's name
UUID_EXAMPLE = "01a2019d-70fb-7099-b2b3-3d127dea4409"


@dataclass(frozen=True)
class Unknown:
    """A place that the schema does not have; `names` are those that it has beside it."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """A place in a request: its path, what may stand there, and what does."""

    path: str
    rule: Any
    value: Any

    def inside(self, key: Any) -> Spot:
        """Return the place of a key within this one; `_schema` is this place itself."""
        if key == "_schema":
            return self
        name = str(key)[:MOST_NAME]
        path = f"{self.path}.{name}" if self.path else name
        return Spot(path, _rule_in(self.rule, key), _value_in(self.value, key))

    def row(self, message: Mapping[str, Any] | str) -> dict[str, Any]:
        """Return the row of what is said of this place: by a validator of ours, or by marshmallow."""
        if isinstance(message, Mapping):
            return {"field": self.path or "body", "value": self.shown(), **message}
        row = {"field": self.path or "body", "reason": self.reason(message), "value": self.shown()}
        allowed = allowed_of(self.rule)
        return row | {"allowed": allowed} if allowed else row

    def shown(self) -> Any:
        """Return what was sent, shortened; no secret, though it came to the wrong place."""
        if self.value is MISSING:
            return None
        return HIDDEN if SECRET.search(self.path.rpartition(".")[2]) else shown(self.value)

    def reason(self, message: str) -> str:
        """Return what is wrong and what is right."""
        if isinstance(self.rule, Unknown):
            return f"There is no such field; the fields are: {', '.join(self.rule.names) or 'none'}."
        null = self.value is None and self.path and not getattr(self.rule, "allow_none", False)
        if self.value is MISSING or null:
            return f"It is missing; {right(self.rule)} is right."
        return message if message in _own_words(self.rule) else f"It is not {right(self.rule)}."


def rows_of(error: ValidationError, schema: Schema, *, path: str = "") -> list[dict[str, Any]]:
    """Return the first rows of a refusal by a schema, with `path` before their places."""
    return _bounded(_rows(error.messages, Spot(path, schema, error.data)))


def nested_rows_of(error: ValidationError, schema: Schema) -> list[dict[str, Any]]:
    """Return the first rows of a refusal by webargs, which puts messages under where a value came from."""
    spot = Spot("", schema, error.data)
    return _bounded(row for inner in error.messages_dict.values() for row in _rows(inner, spot))


def _bounded(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first rows, as many as an answer may hold: nobody reads more, and each costs time."""
    kept: list[dict[str, Any]] = []
    left = MOST_BYTES
    for row in islice(rows, MOST_ROWS):
        left -= len(json.dumps(row, default=str))
        if left < 0:
            break
        kept.append(row)
    return kept


def _rows(messages: Any, spot: Spot) -> Iterator[dict[str, Any]]:
    if isinstance(messages, Mapping) and "reason" not in messages:
        for key, inner in messages.items():
            yield from _rows(inner, spot.inside(key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _rows(inner, spot)
    else:
        yield spot.row(messages if isinstance(messages, Mapping) else str(messages))


def _rule_in(rule: Any, key: Any) -> Any:
    """Return what may stand at a key."""
    schema = rule.schema if isinstance(rule, fields.Nested) else rule
    if isinstance(schema, Schema):
        by_name = {field.data_key or name: field for name, field in schema.load_fields.items()}
        return by_name.get(key) or Unknown(tuple(by_name))
    return rule.inner if isinstance(rule, fields.List) else None


def _value_in(value: Any, key: Any) -> Any:
    """Return what stands at a key, MISSING where there is nothing."""
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and key < len(value) else MISSING
    return value.get(key, MISSING) if hasattr(value, "get") else MISSING


def _validators(rule: Any) -> list[Any]:
    return list(getattr(rule, "validators", ()))


def _own_words(rule: Any) -> set[str]:
    """Return the sentences that we gave a field's validators in place of marshmallow's."""
    usual = [(each.error, getattr(each, "default_message", None)) for each in _validators(rule)]
    return {error for error, default in usual if error and error != default}


def allowed_of(rule: Any) -> list[Any]:
    """Return the values that a field may have, or the fields that there are; none where they are many."""
    if isinstance(rule, Unknown):
        return list(rule.names)
    return [value for each in _validators(rule) if isinstance(each, validate.OneOf) for value in each.choices]


def right(rule: Any) -> str:
    """Return what would be right at a place, as `a UUID`; a field of ours may say so as its `right`."""
    words = getattr(rule, "right", None)
    if words is not None:
        return str(words)
    if allowed := allowed_of(rule):
        return "one of " + ", ".join(map(str, allowed))
    for kinds, name in KINDS:
        if isinstance(rule, kinds):
            return name + _bounds(rule)
    return "what is read here"


KINDS: tuple[tuple[Any, str], ...] = (
    ((Schema, fields.Nested, fields.Dict), "an object"),
    (fields.List, "a list"),
    (fields.Boolean, "true or false"),
    (fields.Integer, "a whole number"),
    (fields.Number, "a number"),
    (fields.UUID, f"a UUID such as {UUID_EXAMPLE}"),
    (fields.AwareDateTime, "a time with its offset from UTC, such as 2026-01-31T22:00:00+01:00"),
    (fields.DateTime, "a time such as 2026-01-31T22:00:00"),
    (fields.Date, "a date such as 2026-01-31"),
    (fields.String, "a text"),
)


def _bounds(rule: Any) -> str:
    """Return the bounds of a field, as they go on after its kind."""
    return "".join(_bound(each, rule) for each in _validators(rule))


def _bound(validator: Any, rule: Any) -> str:
    if isinstance(validator, validate.Range):
        return _range(validator, "from")
    if isinstance(validator, validate.Length):
        what = "entries" if isinstance(rule, fields.List) else "characters"
        return f"{_range(validator, 'of')} {what}"
    if isinstance(validator, validate.Regexp) and validator.error == validator.default_message:
        pattern: Any = validator.regex.pattern
        return f" that matches {pattern}"
    return ""


def _range(validator: Any, word: str) -> str:
    """Return the bounds of a range or a length, of which one may be open."""
    if validator.max is None:
        return f" {word} {validator.min} or more"
    if validator.min is None:
        return f" {word} at most {validator.max}"
    return f" {word} {validator.min} to {validator.max}"
