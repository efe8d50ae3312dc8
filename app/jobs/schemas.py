"""What the job routes read and answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.http.fields import Pattern
from app.system import State


class AttemptSchema(Schema):
    """One time that a worker took the job."""

    number = fields.Integer(required=True)
    worker = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.String(
        allow_none=True,
        metadata={
            "description": "succeeded, cancelled, error, timeout, out_of_memory, deploy or worker_lost",
        },
    )
    detail = fields.Dict(keys=fields.String(), metadata={"description": "facts, such as limit and peak"})


class JobErrorSchema(Schema):
    """Why a job has no result."""

    code = fields.String(required=True)
    detail = fields.String(required=True)


class JobRowSchema(Schema):
    """A job and where it stands, as lists show it."""

    id = fields.UUID(required=True)
    system = fields.String(required=True)
    task = fields.String(required=True)
    lane = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in State]))
    dead = fields.Boolean(required=True, metadata={"description": "in the dead-letter list"})
    progress = fields.Float(required=True, metadata={"description": "0..1"})
    stage = fields.String(allow_none=True)
    processed = fields.Integer(required=True)
    total = fields.Integer(allow_none=True)
    eta_s = fields.Float(allow_none=True, metadata={"description": "seconds still needed, null if unknown"})
    error = fields.Nested(JobErrorSchema, allow_none=True)
    model_version = fields.String(allow_none=True)
    request_id = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class JobSchema(JobRowSchema):
    """A job, where it stands, and how it came there."""

    attempts = fields.List(fields.Nested(AttemptSchema))


class JobListSchema(Schema):
    """One page of jobs, newest first."""

    jobs = fields.List(fields.Nested(JobRowSchema), required=True)
    next_cursor = fields.UUID(allow_none=True, metadata={"description": "pass it as `cursor`"})


class StreamQuerySchema(Schema):
    """What lets a browser follow a job, which can send no header."""

    token = fields.String(
        validate=validate.Length(1, 1000),
        metadata={"description": "stands in `links.events` where keys are asked for; good for 15 minutes"},
    )


class JobQuerySchema(Schema):
    """How to choose jobs."""

    system = fields.String(validate=Pattern(r"^[a-z][a-z0-9_]{0,63}$"))
    state = fields.String(validate=validate.OneOf([str(state) for state in State]))
    dead = fields.Boolean()
    cursor = fields.UUID()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
