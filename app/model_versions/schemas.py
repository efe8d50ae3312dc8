"""What the model routes answer."""

from __future__ import annotations

from marshmallow import Schema, fields


class LiveSchema(Schema):
    """A version that answers, and how often."""

    version = fields.String(required=True)
    share = fields.Float(required=True, metadata={"description": "of the system's jobs, 0..1"})


class CardSchema(Schema):
    """A version's card, whole."""

    name = fields.String(required=True)
    version = fields.String(required=True, metadata={"description": "what answers say as `model_version`"})
    sha256 = fields.String(required=True, metadata={"description": "of the list of all weight files"})
    licence = fields.String(required=True)
    source = fields.String(required=True)
    trained_at = fields.AwareDateTime(required=True)
    seed = fields.Integer(required=True)
    limits = fields.List(fields.String(), required=True, metadata={"description": "what it cannot do"})
    data = fields.Dict(keys=fields.String(), required=True, metadata={"description": "what it learnt from"})
    metrics = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "what was measured, beside baselines"}
    )
    files = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "each weight file's sha256"},
    )


class ModelSchema(Schema):
    """A system's model: the versions that answer, and the cards of all."""

    system = fields.String(required=True)
    title = fields.String(required=True)
    live = fields.List(fields.Nested(LiveSchema), required=True)
    versions = fields.List(
        fields.Nested(CardSchema), required=True, metadata={"description": "live or not, sorted by name"}
    )


class ModelListSchema(Schema):
    """Every system's model."""

    models = fields.List(fields.Nested(ModelSchema), required=True)
