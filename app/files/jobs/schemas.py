"""What the process routes read and answer."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.files.jobs.vocabulary import WORDS
from app.http.fields import Pattern, one_of_fields
from app.jobs.schemas import JobErrorSchema

EXAMPLE = {"upload_id": "01a2019d-70fb-7099-b2b3-3d127dea4409"}


class StartSchema(Schema):
    """What to process, and how."""

    class Meta:
        """Say in the document what `check_one_source` demands."""

        document = one_of_fields("upload_id", "batch_id")

    upload_id = fields.UUID(metadata={"description": "one uploaded file; this or `batch_id`"})
    batch_id = fields.UUID(metadata={"description": "all files of an upload of many; this or `upload_id`"})
    system = fields.String(
        validate=Pattern(r"^[a-z][a-z0-9_]{0,63}$"),
        metadata={"description": "who shall read it; may be left out where one system alone reads its kind"},
    )
    options = fields.Dict(
        keys=fields.String(), load_default=dict, metadata={"description": "the system's own options"}
    )

    @validates_schema
    def check_one_source(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both sources at once, and none."""
        if ("upload_id" in data) == ("batch_id" in data):
            sent = [str(data[name]) for name in ("upload_id", "batch_id") if name in data]
            reason = "Exactly one of upload_id and batch_id is right."
            raise ValidationError({"upload_id": {"reason": reason, "value": ", ".join(sent) or None}})


class StartedSchema(Schema):
    """A job that will read the files."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))


class StatusSchema(Schema):
    """How far a file job is."""

    job_id = fields.UUID(required=True)
    system = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))
    is_partial = fields.Boolean(  # marshmallow's schemas have a `partial` of their own
        data_key="partial",
        attribute="partial",
        required=True,
        allow_none=True,
        metadata={"description": "not all of the input was done; null until the job has ended"},
    )
    progress = fields.Float(required=True, metadata={"description": "0..1"})
    stage = fields.String(required=True, allow_none=True)
    processed = fields.Integer(
        required=True,
        metadata={"description": "of `total`: bytes, pages or files while they are read, rows at the end"},
    )
    total = fields.Integer(required=True, allow_none=True)
    eta_s = fields.Float(
        required=True, allow_none=True, metadata={"description": "seconds still needed, null if unknown"}
    )
    results_url = fields.String(required=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)


class CancelledSchema(Schema):
    """A file job that is cancelled, or is being so."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))
