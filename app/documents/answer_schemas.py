"""What the documents routes answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.documents.vocabulary import KINDS, WORDS
from app.jobs.schemas import JobErrorSchema

KIND = validate.OneOf(KINDS)
STATES = validate.OneOf(["done", "skipped", "failed"])


class DocumentJobAcceptedSchema(Schema):
    """A job that was accepted; `Location` is where it stands."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))


class DocumentJobResultSchema(Schema):
    """What a job came to: an analysis has the first four, a cleanup the last."""

    num_segments = fields.Integer()
    num_benefits = fields.Integer()
    num_limits = fields.Integer()
    seeding_success = fields.Boolean()
    success = fields.Boolean()


class DocumentJobSchema(Schema):
    """A job and where it stands."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(WORDS))
    progress = fields.Float(required=True, metadata={"description": "0..1"})
    stage = fields.String(required=True, allow_none=True)
    result = fields.Nested(
        DocumentJobResultSchema, required=True, allow_none=True, metadata={"description": "once completed"}
    )
    report = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "what became of Directus, of the language model and of exports"},
    )
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class EvidenceSchema(Schema):
    """One piece of a quote: `text[start:end]`, and where a viewer finds it."""

    page = fields.Integer(required=True, allow_none=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    rects = fields.List(
        fields.List(fields.Float(), validate=validate.Length(equal=4)),
        required=True,
        metadata={"description": "x0, y0, x1, y1 in points from the page's top left, one a line"},
    )


class DocumentItemSchema(Schema):
    """One thing that a document says of its cover, and all that hangs on it."""

    id = fields.String(required=True, metadata={"description": "of its content: the same in every run"})
    kind = fields.String(required=True, validate=KIND)
    item_name = fields.String(required=True)
    key = fields.String(required=True, allow_none=True, metadata={"description": "entry of the taxonomy"})
    is_included = fields.Boolean(required=True)
    section_reference = fields.String(required=True, allow_none=True)
    full_text_part = fields.String(
        required=True, metadata={"description": "text[start:end], or such pieces joined by ` | `"}
    )
    summary = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
    value = fields.String(required=True, allow_none=True, metadata={"description": "a decimal number"})
    unit = fields.String(required=True, allow_none=True)
    per = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "event, year, person, trip, day, night or item, among others"},
    )
    role = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "max, min, sublimit, deductible or waiting_period"},
    )
    plan = fields.String(required=True, allow_none=True)
    unlimited = fields.Boolean(required=True)
    exception_to = fields.String(required=True, allow_none=True)
    duplicate_of = fields.String(
        allow_none=True,
        metadata={"description": "id of an item that says the same in another language; counts have both"},
    )
    references = fields.List(fields.String(), required=True)
    language = fields.String(required=True)
    source = fields.String(required=True, metadata={"description": "text, ocr or form"})
    confidence = fields.Float(required=True, metadata={"description": "0..1"})
    rule = fields.String(required=True, metadata={"description": "rule, taxonomy entry or model"})
    children = fields.List(fields.Nested("DocumentItemSchema"), required=True)


class DocumentInfoSchema(Schema):
    """The file."""

    name = fields.String(required=True)
    sha256 = fields.String(required=True)
    pages = fields.Integer(required=True)
    languages = fields.List(fields.String(), required=True)
    encoding = fields.String(required=True, allow_none=True)


class DocumentPageStateSchema(Schema):
    """What became of a page."""

    page = fields.Integer(required=True)
    state = fields.String(required=True, validate=STATES)
    reason = fields.String(required=True, allow_none=True)


class DocumentChunkStateSchema(Schema):
    """What became of one chunk of a tier."""

    tier = fields.String(required=True)
    chunk = fields.Integer(required=True)
    state = fields.String(required=True, validate=STATES)
    reason = fields.String(required=True, allow_none=True)


class DocumentCoverageSchema(Schema):
    """All pages and chunks of a document, each with its state."""

    pages = fields.List(fields.Nested(DocumentPageStateSchema), required=True)
    chunks = fields.List(fields.Nested(DocumentChunkStateSchema), required=True)


class UnassignedSchema(Schema):
    """An amount or period of the shown text that is in no item."""

    quote = fields.String(required=True)
    value = fields.String(required=True)
    unit = fields.String(required=True)
    page = fields.Integer(required=True, allow_none=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    reason = fields.String(required=True)


class RejectedAnswerSchema(Schema):
    """An answer of a language model that was not taken."""

    quote = fields.String(required=True)
    reason = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)


class DocumentWarningSchema(Schema):
    """Something that a reader has to know."""

    code = fields.String(required=True)
    detail = fields.String(required=True)
    page = fields.Integer(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)


class DocumentTreeSchema(Schema):
    """All that an analysis says of one document."""

    document = fields.Nested(DocumentInfoSchema, required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(["completed", "partial", "failed"]))
    text = fields.String(required=True, metadata={"description": "the text that offsets count in"})
    items = fields.List(fields.Nested(DocumentItemSchema), required=True)
    coverage = fields.Nested(DocumentCoverageSchema, required=True)
    unassigned = fields.List(fields.Nested(UnassignedSchema), required=True)
    rejected = fields.List(fields.Nested(RejectedAnswerSchema), required=True)
    warnings = fields.List(fields.Nested(DocumentWarningSchema), required=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)


class ComparedItemSchema(Schema):
    """One side of a comparison."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=KIND)
    item_name = fields.String(required=True)
    path = fields.List(fields.String(), required=True, metadata={"description": "names of what is above it"})
    is_included = fields.Boolean(required=True)
    value = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    plan = fields.String(required=True, allow_none=True)
    quote = fields.String(required=True)


class ChangedItemSchema(Schema):
    """An item that both say, differently."""

    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        required=True,
        metadata={"description": "what differs: value, unit, polarity, per, role, unlimited or wording"},
    )
    before = fields.Nested(ComparedItemSchema, required=True)
    after = fields.Nested(ComparedItemSchema, required=True)


class ComparisonSchema(Schema):
    """What a new wording says otherwise than an old one."""

    added = fields.List(fields.Nested(ComparedItemSchema), required=True)
    removed = fields.List(fields.Nested(ComparedItemSchema), required=True)
    changed = fields.List(fields.Nested(ChangedItemSchema), required=True)
    unchanged = fields.Integer(required=True)
