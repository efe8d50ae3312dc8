"""The fields of a body that describe an accident."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from app.accidents.severity import values
from app.http.fields import REFUSED, shown, written


class Category(fields.Field[str]):
    """A field of known words: Korean, its coarse or English names; the canonical word comes out."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        words = list(values.allowed(name))
        messages = {
            "required": {"reason": "It is missing; one of the allowed words is right.", "allowed": words},
            "null": {
                "reason": "It is null; one of the allowed words is right.",
                "value": None,
                "allowed": words,
            },
        }
        about = [kwargs.pop("text", ""), f"one of {len(words)} words, or an English or coarser name of one"]
        # No enum: a client generated from one would refuse the other names that are read.
        shown_words = {"examples": words[:3], "x-canonical": words}
        metadata = {"type": "string", "description": "; ".join(filter(None, about)), **shown_words}
        super().__init__(error_messages=messages, metadata=metadata, **kwargs)  # type: ignore[arg-type]
        self.words, self.field = words, name

    def accept(self, value: Any) -> Any:
        """Return the canonical word, REFUSED where marshmallow shall look closer."""
        word = values.canonical(self.field, value) if isinstance(value, str) else None
        return REFUSED if word is None else word

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        word = self.accept(value)
        if word is REFUSED:
            raise ValidationError(self._refusal(value))
        return word

    def _refusal(self, value: Any) -> dict[str, Any]:
        """Return why a value is none of the words, with those that it may have meant, or all."""
        if not isinstance(value, str):
            reason = f"{written(value)} is not a text; one of the allowed words is right."
        elif meant := values.ambiguous(self.field, value):
            reason = f"{written(value)} may stand for {' or '.join(meant)}; say which."
            return {"reason": reason, "value": shown(value), "allowed": list(meant)}
        else:
            reason = f"{written(value)} is not known here; one of the allowed words is right."
        return {"reason": reason, "value": shown(value), "allowed": self.words}


class Whole(fields.Field[int]):
    """A whole number within bounds; neither a text nor a truth value."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        self.low, self.high = values.BOUNDS[name]
        self.right = f"a whole number from {self.low} to {self.high} is right."
        messages = {
            "required": {"reason": f"It is missing; {self.right}"},
            "null": {"reason": f"It is null; {self.right}", "value": None},
        }
        metadata = {"type": "integer", "minimum": self.low, "maximum": self.high}
        super().__init__(error_messages=messages, metadata=metadata, **kwargs)  # type: ignore[arg-type]

    def accept(self, value: Any) -> Any:
        """Return the number, REFUSED where marshmallow shall look closer."""
        return value if type(value) is int and self.low <= value <= self.high else REFUSED

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value != int(value) or not self.low <= value <= self.high:
            kind = f"the text {written(value)}" if isinstance(value, str) else written(value)
            reason = f"It is {kind}; {self.right}"
            raise ValidationError({"reason": reason, "value": shown(value)})
        return int(value)
