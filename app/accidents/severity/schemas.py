"""What the accident routes read and answer."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from app.accidents.severity import values
from app.accidents.severity.fields import Category, Whole
from app.http.fields import REFUSED, BoundedList, Flag, dedupe
from app.jobs.schemas import JobErrorSchema

MAX_ITEMS = 100
REQUIRED = frozenset(values.REQUIRED)

EXAMPLE = json.loads(Path(__file__).with_name("example.json").read_text(encoding="utf-8"))  # the stack's too


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


class IntervalSchema(Schema):
    """Where 80 % of accidents like this one lie."""

    p10 = fields.Float(required=True)
    p90 = fields.Float(required=True)


class ComponentsSchema(Schema):
    """Expected casualties; ECLO counts them 10, 5, 3 and 1."""

    deaths = fields.Float(required=True)
    serious = fields.Float(required=True)
    minor = fields.Float(required=True)
    reported = fields.Float(required=True)


class ContributionSchema(Schema):
    """How much one field moved the typical value."""

    field = fields.String(required=True)
    value = fields.Raw(allow_none=True)
    contribution = fields.Float(required=True)


class WarningSchema(Schema):
    """Something in the question that does not fit together."""

    code = fields.String(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)


class SeveritySchema(Schema):
    """A predicted severity."""

    eclo = fields.Float(required=True, metadata={"description": "expected ECLO, the calibrated mean"})
    interpretation = fields.String(required=True, metadata={"description": "the band, in words"})
    detail = fields.String(required=True, metadata={"description": "one sentence"})
    prediction_id = fields.String(required=True)
    model_version = fields.String(required=True)
    timestamp = fields.AwareDateTime(required=True)
    band = fields.String(
        required=True, validate=validate.OneOf(["minor", "moderate", "serious", "very_serious"])
    )
    typical = fields.Float(required=True, metadata={"description": "geometric mean of 1 + ECLO, less 1"})
    interval = fields.Nested(IntervalSchema, required=True)
    components = fields.Nested(ComponentsSchema, required=True)
    p_fatal = fields.Float(required=True, metadata={"description": "probability of a death, 0..1"})
    contributions = fields.List(fields.Nested(ContributionSchema))
    warnings = fields.List(fields.Nested(WarningSchema), required=True)


class PendingSchema(Schema):
    """A prediction that is not there yet; `Location` is where it will be."""

    prediction_id = fields.String(required=True)
    status = fields.String(required=True)
    results_url = fields.String(required=True)


class BatchAcceptedSchema(Schema):
    """A batch that was accepted."""

    batch_id = fields.UUID(required=True)
    status = fields.String(required=True)
    results_url = fields.String(required=True)
    estimated_completion_s = fields.Float(required=True)


class BatchErrorSchema(JobErrorSchema):
    """Why a batch has no results."""


class BatchResultsSchema(Schema):
    """A batch and, once there, its results in the order of its items."""

    batch_id = fields.UUID(required=True)
    status = fields.String(required=True, metadata={"description": "pending, processing, success or failed"})
    progress = fields.Float(required=True)
    processed = fields.Integer(required=True)
    total = fields.Integer(required=True)
    estimated_completion_s = fields.Float(required=True)
    results = fields.List(fields.Nested(SeveritySchema), required=True)
    error = fields.Nested(BatchErrorSchema, allow_none=True)
