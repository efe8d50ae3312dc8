"""What the reviews routes answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.files.jobs.results_schemas import CoverageSchema
from app.jobs.schemas import JobErrorSchema
from app.reviews.figures import FORMATS, LABELS
from app.reviews.vocabulary import VOCABULARY

WORDS = list(dict.fromkeys(VOCABULARY.values()))


class SentenceSchema(Schema):
    """One sentence, `text[start:end]` in code points, with its own shares."""

    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    text = fields.String(required=True)
    label = fields.String(required=True, validate=validate.OneOf(LABELS))
    positive = fields.Float(required=True)
    negative = fields.Float(required=True)
    neutral = fields.Float(required=True)


class WordContributionSchema(Schema):
    """What one word, `text[start:end]` in code points, adds to the label's logit over the three's mean."""

    word = fields.String(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    contribution = fields.Float(required=True)


class FeatureContributionSchema(Schema):
    """What one figure of the whole text adds to the same, such as how many of its words are loaded."""

    feature = fields.String(required=True)
    contribution = fields.Float(required=True)


class ReviewWarningSchema(Schema):
    """Something that was asked and could not be answered."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class SentimentSchema(Schema):
    """The sentiment of one review; label and shares are null where no model serves its language."""

    label = fields.String(required=True, allow_none=True, validate=validate.OneOf([*LABELS, None]))
    positive = fields.Float(required=True, allow_none=True, metadata={"description": "probability, 0..1"})
    negative = fields.Float(required=True, allow_none=True, metadata={"description": "probability, 0..1"})
    neutral = fields.Float(required=True, allow_none=True, metadata={"description": "probability, 0..1"})
    mixed = fields.Float(
        required=True, allow_none=True, metadata={"description": "0..1; from 0.5 on it praises and blames"}
    )
    language = fields.String(required=True, allow_none=True, metadata={"description": "given, or told"})
    language_supported = fields.Boolean(required=True)
    sentences = fields.List(fields.Nested(SentenceSchema), required=True)
    base = fields.Float(metadata={"description": "with `explain`: what the label has without either"})
    contributions = fields.List(
        fields.Nested(WordContributionSchema),
        metadata={
            "description": "with `explain`; with `base` and `features` they add up to the label's logit"
        },
    )
    features = fields.List(
        fields.Nested(FeatureContributionSchema),
        metadata={"description": "with `explain`: what figures of the whole text add"},
    )
    warnings = fields.List(fields.Nested(ReviewWarningSchema), required=True)


class ReviewRowErrorSchema(Schema):
    """What is wrong with one row, and what would be right."""

    file = fields.Integer(required=True, metadata={"description": "number of the upload, from 0"})
    row = fields.Integer(required=True, metadata={"description": "from 0, headings not counted"})
    column = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True, metadata={"description": "shortened"})
    reason = fields.String(required=True)


class ReviewErrorsSchema(Schema):
    """The rows that could not be judged: how many, and the first five."""

    count = fields.Integer(required=True)
    first = fields.List(fields.Nested(ReviewRowErrorSchema), required=True)


class ReviewCountsSchema(Schema):
    """Rows by label."""

    positive = fields.Integer(required=True)
    negative = fields.Integer(required=True)
    neutral = fields.Integer(required=True)


class ReviewSharesSchema(Schema):
    """Shares of the labelled rows, 0..1."""

    positive = fields.Float(required=True)
    negative = fields.Float(required=True)
    neutral = fields.Float(required=True)


class ReviewLanguageCountsSchema(ReviewCountsSchema):
    """Rows of one language; those without label are in `rows` alone."""

    language = fields.String(required=True)
    rows = fields.Integer(required=True)


class TopWordSchema(Schema):
    """A word that speaks for one side, and the number of that side's texts that have it."""

    word = fields.String(required=True)
    texts = fields.Integer(required=True)


class TopWordsSchema(Schema):
    """The words that speak most for each side."""

    positive = fields.List(fields.Nested(TopWordSchema), required=True)
    negative = fields.List(fields.Nested(TopWordSchema), required=True)


class ReviewCoverageSchema(CoverageSchema):
    """Rows read so far: judged, with an error, in a language without a model; at the end all of them."""


class ReviewFileSchema(Schema):
    """What of one file was read as its reviews, or why it could not be read."""

    file = fields.Integer(required=True, metadata={"description": "number of the upload, from 0"})
    format = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*FORMATS, None]),
        metadata={"description": "`text` is one text a line"},
    )
    column = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the heading or field that was read, null where there is none"},
    )
    headings = fields.Boolean(
        required=True, metadata={"description": "the first line was taken for headings, and is no row"}
    )
    encoding = fields.String(
        required=True, allow_none=True, metadata={"description": "the one that was read, by Python's name"}
    )
    columns = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "the columns or fields that come back with each row"},
    )
    text_column = fields.String(
        required=True, allow_none=True, metadata={"description": "which of `columns` holds the text"}
    )
    note = fields.String(required=True, allow_none=True, metadata={"description": "what was not clear"})
    error = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "why none of it was read; it counts as one failed row"},
    )
    rows = fields.Integer(required=True)


class ReviewSummarySchema(Schema):
    """The figures of a file, of the rows done so far while it runs."""

    totals = fields.Nested(ReviewCountsSchema, required=True)
    shares = fields.Nested(ReviewSharesSchema, required=True)
    mean_confidence = fields.Float(
        required=True, allow_none=True, metadata={"description": "mean share of the labels given"}
    )
    languages = fields.List(fields.Nested(ReviewLanguageCountsSchema), required=True)
    top_words = fields.Nested(TopWordsSchema, required=True)
    files = fields.List(fields.Nested(ReviewFileSchema), required=True)
    coverage = fields.Nested(ReviewCoverageSchema, required=True)
    errors = fields.Nested(ReviewErrorsSchema, required=True)


class ReviewRowSchema(Schema):
    """One row of a file; `error` says why it has no sentiment."""

    position = fields.Integer(required=True)
    file = fields.Integer(required=True)
    index = fields.Integer(required=True)
    text = fields.String(required=True, allow_none=True)
    label = fields.String(required=True, allow_none=True, validate=validate.OneOf([*LABELS, None]))
    positive = fields.Float(required=True, allow_none=True)
    negative = fields.Float(required=True, allow_none=True)
    neutral = fields.Float(required=True, allow_none=True)
    mixed = fields.Float(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    language_supported = fields.Boolean(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    error_column = fields.String(required=True, allow_none=True)
    error_value = fields.String(required=True, allow_none=True)
    id = fields.Raw(
        required=True, allow_none=True, metadata={"description": "what the row has in `id_column`"}
    )
    input = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "the row as it was sent, by the names of its columns or fields"},
    )


class ReviewAcceptedSchema(Schema):
    """A task that was accepted; `Location` is where it stands."""

    task_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))


class ReviewTaskRowSchema(Schema):
    """A task and where it stands, as lists show it."""

    task_id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.OneOf(["single", "batch"]))
    status = fields.String(required=True, validate=validate.OneOf(WORDS))
    progress = fields.Float(required=True, metadata={"description": "0..1"})
    processed = fields.Integer(
        required=True, metadata={"description": "bytes of the files while they are read, rows at the end"}
    )
    total = fields.Integer(required=True, allow_none=True)
    eta_s = fields.Float(required=True, allow_none=True)
    model_version = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    metadata = fields.Dict(
        keys=fields.String(), required=True, allow_none=True, metadata={"description": "as it was sent"}
    )
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ReviewTaskSchema(ReviewTaskRowSchema):
    """A task: a single one with its `result`, a batch with its figures and a page of its rows."""

    result = fields.Nested(SentimentSchema, allow_none=True)
    summary = fields.Nested(ReviewSummarySchema)
    rows = fields.List(fields.Nested(ReviewRowSchema))
    next_cursor = fields.Integer(allow_none=True, metadata={"description": "pass it as `cursor`"})
    results_url = fields.String(metadata={"description": "all rows, as JSON or CSV"})


class ReviewTaskListSchema(Schema):
    """One page of tasks, newest first."""

    tasks = fields.List(fields.Nested(ReviewTaskRowSchema), required=True)
    next_cursor = fields.UUID(required=True, allow_none=True, metadata={"description": "pass it as `cursor`"})
