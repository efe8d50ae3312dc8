"""What the accident routes read: the fields of an accident, their bounds and words."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from app.accidents.severity import values
from app.http.fields import REFUSED, BoundedList, Flag, dedupe, shown, written

MAX_ITEMS = 100
REQUIRED = frozenset(values.REQUIRED)
EXAMPLE = json.loads(Path(__file__).with_name("example.json").read_text(encoding="utf-8"))  # the stack's too


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


class AccidentSchema(Schema):
    """An accident: the 11 fields, and what else is known of it."""

    weather = Category("weather", required=True)
    road_surface = Category("road_surface", required=True)
    road_type = Category("road_type", required=True, text="fine (교차로 - 교차로안) or coarse (교차로)")
    accident_type = Category("accident_type", required=True)
    time_period = Category("time_period", required=True)
    district = Category("district", required=True, text="a dong, or a gu or gun alone (중구)")
    day_of_week = Category("day_of_week", required=True)
    accident_hour = Whole("accident_hour", required=True)
    accident_year = Whole("accident_year", required=True)
    accident_month = Whole("accident_month", required=True)
    accident_day = Whole("accident_day", required=True)
    violation = Category("violation", allow_none=True, text="the law broken")
    vehicle_at_fault = Category("vehicle_at_fault", allow_none=True)
    vehicle_other = Category("vehicle_other", allow_none=True)
    accident_subtype = Category("accident_subtype", allow_none=True)
    explain = Flag(
        load_default=False,
        metadata={"description": "add each field's contribution to the answer"},
    )

    def load(self, data: Any, **kwargs: Any) -> Any:
        """Return the canonical fields and options.

        What is plainly right is accepted at a tenth of marshmallow's cost, by the same fields; all
        else marshmallow looks at, and explains.

        Raises:
            ValidationError: it says what is wrong with which field.
        """
        accepted = self.accept(data)
        return super().load(data, **kwargs) if accepted is None else accepted

    def accept(self, data: Any) -> dict[str, Any] | None:
        """Return what `load` would, or None where something needs a closer look."""
        if not isinstance(data, dict) or not data.keys() >= REQUIRED or not data.keys() <= self.fields.keys():
            return None
        rules: Any = self.fields
        loaded = {name: rules[name].accept(value) for name, value in data.items()}
        if REFUSED in loaded.values():
            return None
        try:
            date(loaded["accident_year"], loaded["accident_month"], loaded["accident_day"])
        except ValueError:
            return None
        return {"explain": False, **loaded}

    @validates_schema(skip_on_field_errors=False)
    def check_date(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a day that its month does not have."""
        try:
            date(data["accident_year"], data["accident_month"], data["accident_day"])
        except ValueError:
            day = f"{data['accident_year']}-{data['accident_month']:02}-{data['accident_day']:02}"
            last = monthrange(data["accident_year"], data["accident_month"])[1]
            reason = f"{day} is not a date; that month has the days 1 to {last}."
            raise ValidationError(
                {"accident_day": {"reason": reason, "value": data["accident_day"]}}
            ) from None
        except KeyError:
            return  # the missing field is named already


class BatchSchema(Schema):
    """Accidents to be predicted together."""

    items = BoundedList(fields.Nested(AccidentSchema), required=True, validate=validate.Length(1, MAX_ITEMS))

    @pre_load
    def read_other_name(self, data: Any, **_kwargs: Any) -> Any:
        """Take `accidents`, as the original's client calls it, for `items`."""
        if isinstance(data, dict) and "accidents" in data and "items" not in data:
            return {"items" if name == "accidents" else name: value for name, value in data.items()}
        return data

    def handle_error(self, error: ValidationError, *_args: Any, **_kwargs: Any) -> None:
        """Say once what is allowed: 100 items would repeat a list of 200 districts."""
        error.messages = dedupe(error.messages)
