"""What the accident routes answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.jobs.schemas import JobErrorSchema


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
