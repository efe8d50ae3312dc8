"""What the upload routes answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class UploadSchema(Schema):
    """One uploaded file."""

    upload_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["receiving", "uploaded"]))
    name = fields.String(
        required=True, metadata={"description": "what its sender calls it, as it can be shown"}
    )
    system = fields.String(required=True, allow_none=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    received = fields.Integer(required=True, metadata={"description": "bytes that are here"})
    sha256 = fields.String(required=True, allow_none=True, metadata={"description": "null until all is here"})
    detected = fields.String(
        required=True, allow_none=True, metadata={"description": "media type, by the content"}
    )
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class RefusedFileSchema(Schema):
    """Why a file of a batch was left out."""

    status = fields.Integer(
        required=True, metadata={"description": "the status that it alone would have had"}
    )
    code = fields.String(required=True)
    detail = fields.String(required=True)


class UploadBatchFileSchema(Schema):
    """What became of one file of a batch: either of both."""

    name = fields.String(required=True)
    upload = fields.Nested(UploadSchema, required=True, allow_none=True)
    problem = fields.Nested(RefusedFileSchema, required=True, allow_none=True)


class UploadBatchSchema(Schema):
    """The files of a batch, in their order."""

    batch_id = fields.UUID(required=True)
    files = fields.List(fields.Nested(UploadBatchFileSchema), required=True)
