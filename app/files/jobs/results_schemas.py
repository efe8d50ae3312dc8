"""What the results route reads and answers."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields, validate

from app.files.jobs.vocabulary import WORDS
from app.jobs.schemas import JobErrorSchema

MOST_ROWS = 1000


class CsvQuerySchema(Schema):
    """Which rows, and whether for Excel."""

    bom = fields.Boolean(
        load_default=False, metadata={"description": "begin a CSV with a byte order mark, for Excel"}
    )
    first = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "position to begin at"},
    )
    limit = fields.Integer(
        validate=validate.Range(1, MOST_ROWS),
        metadata={"description": "most rows: 100 without it in JSON, all in a CSV"},
    )


class ResultsQuerySchema(CsvQuerySchema):
    """In which form, and which rows."""

    format = fields.String(
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "without it, `Accept: text/csv` asks for a CSV; else it is JSON"},
    )


class CoverageSchema(Schema):
    """How much of the input was done; once the job has ended, it adds up to `total`."""

    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    skipped = fields.Integer(required=True)


class ResultsSchema(Schema):
    """A page of a file job's result; further members are the system's own figures of the whole."""

    class Meta:
        """Say in the document that there are further members."""

        unknown = INCLUDE

    job_id = fields.UUID(required=True)
    system = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))
    is_partial = fields.Boolean(  # marshmallow's schemas have a `partial` of their own
        data_key="partial", required=True, metadata={"description": "not all of the input was done"}
    )
    progress = fields.Float(required=True, metadata={"description": "0..1"})
    model_version = fields.String(required=True, allow_none=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    coverage = fields.Nested(CoverageSchema, required=True)
    rows = fields.List(fields.Dict(keys=fields.String()), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "path of the next page"})
