"""What the personality routes answer."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields, validate

from app.files.jobs.results_schemas import CoverageSchema
from app.files.jobs.vocabulary import WORDS
from app.personality.wording import NOTICE


class TraitSchema(Schema):
    """One trait as strangers see it."""

    value = fields.Float(required=True, metadata={"description": "0..1"})
    low = fields.Float(required=True, metadata={"description": "lower end of the 90 % interval"})
    high = fields.Float(required=True, metadata={"description": "upper end of the 90 % interval"})
    t_score = fields.Float(
        required=True, metadata={"description": "50 is the mean of the training faces, 10 their spread"}
    )


class TraitsSchema(Schema):
    """The five traits."""

    openness = fields.Nested(TraitSchema, required=True)
    conscientiousness = fields.Nested(TraitSchema, required=True)
    extraversion = fields.Nested(TraitSchema, required=True)
    agreeableness = fields.Nested(TraitSchema, required=True)
    neuroticism = fields.Nested(TraitSchema, required=True)


class QualitySchema(Schema):
    """How well a face can be seen: numbers, and words for what is wrong."""

    class Meta:
        """Say in the document that there are the numbers too."""

        unknown = INCLUDE

    words = fields.List(fields.String(), required=True)


class FaceSchema(Schema):
    """The impression that one face makes."""

    face = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "counts faces, or people of a clip, from 1; null: the middle was judged"},
    )
    t = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "seconds from the first shown frame; null: a picture, or all of a clip"},
    )
    traits = fields.Nested(TraitsSchema, required=True)
    uncertainty = fields.Float(required=True, metadata={"description": "mean half width of the intervals"})
    box = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"description": "x, y, width, height in displayed pixels"},
    )
    quality = fields.Nested(QualitySchema, required=True)
    warnings = fields.List(fields.String(), required=True)
    frames_with_face = fields.Integer(required=True, allow_none=True)


class FrameCoverageSchema(Schema):
    """How many positions were asked for, how many frames decoded, and how many had a face."""

    asked = fields.Integer(required=True)
    decoded = fields.Integer(required=True)
    with_face = fields.Integer(required=True)


class FileErrorSchema(Schema):
    """Why nothing is answered of a file."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class FileAnswerSchema(Schema):
    """What is answered of one file."""

    file = fields.String(required=True, metadata={"description": "what its sender called it"})
    kind = fields.String(required=True, allow_none=True, validate=validate.OneOf(["image", "video", None]))
    faces = fields.List(fields.Nested(FaceSchema), required=True)
    frames = fields.List(
        fields.Nested(FaceSchema), required=True, metadata={"description": "of a clip, frame by frame"}
    )
    coverage = fields.Nested(FrameCoverageSchema, required=True)
    warnings = fields.List(fields.String(), required=True)
    model_version = fields.String(required=True)
    error = fields.Nested(FileErrorSchema, required=True, allow_none=True)


class PredictionLinksSchema(Schema):
    """Where a prediction can be followed, read as rows, and erased."""

    self_ = fields.String(data_key="self", attribute="self", required=True)
    job = fields.String(required=True)
    events = fields.String(required=True)
    results = fields.String(required=True)


class AcceptedPredictionSchema(Schema):
    """A prediction that was accepted, or is listed."""

    prediction_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))
    links = fields.Nested(PredictionLinksSchema, required=True)


class PredictionSchema(AcceptedPredictionSchema):
    """A prediction and its answers, one for each file in order."""

    files = fields.List(fields.Nested(FileAnswerSchema), required=True)
    coverage = fields.Nested(CoverageSchema, required=True)
    model_version = fields.String(required=True, allow_none=True)
    finished_at = fields.DateTime(required=True, allow_none=True)
    cached = fields.Boolean(
        required=True, metadata={"description": "an earlier prediction of yours answered the same"}
    )
    overlays = fields.List(fields.String(), required=True, metadata={"description": "with `explain`: PNGs"})
    notice = fields.String(required=True, metadata={"example": NOTICE})


class ListedPredictionSchema(AcceptedPredictionSchema):
    """A prediction in the history."""

    created_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(required=True, allow_none=True)
    model_version = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True, allow_none=True, metadata={"description": "files"})


class PredictionListSchema(Schema):
    """Predictions, newest first."""

    predictions = fields.List(fields.Nested(ListedPredictionSchema), required=True)
    next_cursor = fields.UUID(required=True, allow_none=True)


class LeftSchema(Schema):
    """How many of each are left of a prediction that was erased: 0."""

    jobs = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    events = fields.Integer(required=True)
    impressions = fields.Integer(required=True)
    overlays = fields.Integer(required=True)
    uploads = fields.Integer(required=True)
    files = fields.Integer(required=True)
    cached_answers = fields.Integer(required=True)


class ErasedPredictionSchema(Schema):
    """A prediction that was erased, counted."""

    prediction_id = fields.UUID(required=True)
    left = fields.Nested(LeftSchema, required=True)
