"""What-if questions: one accident, asked again with other values of one of its fields."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from app.accidents.severity.answer_schemas import IntervalSchema, SeveritySchema
from app.accidents.severity.schemas import AccidentSchema
from app.http.fields import REFUSED, shown

MOST_VALUES = 50
DATE = ("accident_year", "accident_month", "accident_day")


class Vary(fields.Field[Any]):
    """One field with other values of it: `{"accident_hour": [0, 1, 2]}`."""

    def accept(self, _value: Any) -> Any:
        """Leave it to marshmallow: it is rare."""
        return REFUSED

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> tuple[str, list[Any]]:
        right = '{"accident_hour": [0, 6, 12, 18]} is right'
        if not isinstance(value, dict) or len(value) != 1:
            raise ValidationError(
                {"reason": f"It is not one field with its values; {right}.", "value": shown(value)}
            )
        name, values = next(iter(value.items()))
        rules = AccidentSchema().fields
        if name not in rules or name == "explain":
            allowed = sorted(set(rules) - {"explain"})
            reason = f"{name[:64]!r} is no field of an accident; there are: {', '.join(allowed)}."
            raise ValidationError({"reason": reason, "value": shown(name), "allowed": allowed})
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
            reason = f"A list of 1 to {MOST_VALUES} values of {name} is right."
            raise ValidationError({"reason": reason, "value": shown(values)})
        return name, [rules[name].deserialize(each) for each in values]


class QuestionSchema(AccidentSchema):
    """An accident, and which values of one field are to be tried too."""

    vary = Vary(
        metadata={
            "type": "object",
            "description": "one field with up to 50 values; all are answered in `varied`",
            "additionalProperties": {"type": "array", "items": {}, "minItems": 1, "maxItems": MOST_VALUES},
            "minProperties": 1,
            "maxProperties": 1,
        }
    )

    @post_load
    def check_dates(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Refuse a value that would make a day which its month does not have."""
        name, values = data.get("vary", ("", []))
        for value in values if name in DATE else ():
            parts = [{**data, name: value}[each] for each in DATE]
            try:
                date(*parts)
            except ValueError:
                written = f"{parts[0]}-{parts[1]:02}-{parts[2]:02}"
                reason = f"{written} is not a date; a value that makes one is right."
                raise ValidationError({"vary": {"reason": reason, "value": value}}) from None
        return data


class VariedSchema(Schema):
    """The prediction for one of the values that were tried."""

    value = fields.Raw(required=True)
    eclo = fields.Float(required=True)
    interpretation = fields.String(required=True)
    typical = fields.Float(required=True)
    interval = fields.Nested(IntervalSchema, required=True)
    p_fatal = fields.Float(required=True)


class VariationSchema(Schema):
    """A field and the predictions for the values of it that were tried."""

    field = fields.String(required=True)
    answers = fields.List(fields.Nested(VariedSchema), required=True)


class AnsweredSchema(SeveritySchema):
    """A predicted severity, and what it would be with other values of one field."""

    varied = fields.Nested(VariationSchema)
