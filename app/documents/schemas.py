"""What the documents routes read."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.documents.vocabulary import TIERS
from app.http.fields import Flag, shown

MOST_CHUNKS = 32  # asked for at once
CHUNK_CHARACTERS = (500, 100_000)
PRODUCT_ID = r"^[A-Za-z0-9_-]{1,64}$"
EXAMPLE = {"product_id": "1791e79e-5732-47fd-923a-465d94f3d9a4", "seed_directus": True}


class WholeNumber(fields.Integer):
    """A whole number, and nothing that only counts as one."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        self.right = f"a whole number from {least} to {most}"
        super().__init__(validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError({"reason": f"It is not {self.right}.", "value": shown(value)})
        return super()._deserialize(value, *args, **kwargs)


def product_id() -> fields.String:
    """Return the field of a product's key in Directus."""
    reason = "It is not a product's key: 1 to 64 of A-Z a-z 0-9 _ - are right."
    return fields.String(
        required=True,
        validate=validate.Regexp(PRODUCT_ID[:-1] + r"\Z", error=reason),
        metadata={"description": "key of the product in Directus", "pattern": PRODUCT_ID},
    )


class AnalysisOptionsSchema(Schema):
    """How to analyse documents."""

    llm = Flag(load_default=False, metadata={"description": "have the configured language model read too"})
    debug = Flag(load_default=False, metadata={"description": "keep what each tier found"})
    debug_from = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.OneOf(TIERS),
        metadata={"description": "begin at this tier, behind those that a job with `debug` kept"},
    )
    export = Flag(
        load_default=False,
        metadata={
            "description": "accepted for older callers: every analysis leaves its items as CSV and JSON"
        },
    )
    no_cache = Flag(load_default=False, metadata={"description": "ask the language model anew"})
    segment_chunks = WholeNumber(1, MOST_CHUNKS, load_default=8, metadata={"description": "asked at once"})
    benefit_chunks = WholeNumber(1, MOST_CHUNKS, load_default=8, metadata={"description": "asked at once"})
    modifier_chunks = WholeNumber(1, MOST_CHUNKS, load_default=3, metadata={"description": "asked at once"})
    chunk_size = WholeNumber(
        *CHUNK_CHARACTERS,
        allow_none=True,
        load_default=None,
        metadata={"description": "characters of one chunk for the language model"},
    )


class AnalysisSchema(AnalysisOptionsSchema):
    """A product whose document is to be analysed."""

    product_id = product_id()
    seed_directus = Flag(load_default=False, metadata={"description": "write the items into Directus"})
    dry_run = Flag(
        load_default=False, metadata={"description": "say what would be written, and write nothing"}
    )
    allow_partial = Flag(
        load_default=False, metadata={"description": "write also where not all of the document was read"}
    )


class CleanupSchema(Schema):
    """A product of which all is to be removed that runs have written."""

    product_id = product_id()
    dry_run = Flag(load_default=False, metadata={"description": "say what would be removed, and keep it"})


class DocumentQuerySchema(Schema):
    """Which document of a job."""

    document = fields.Integer(
        load_default=0, validate=validate.Range(0, 999), metadata={"description": "its number, from 0"}
    )


class ExportQuerySchema(Schema):
    """Which of the exported files."""

    format = fields.String(load_default="csv", validate=validate.OneOf(["csv", "json"]))


class CompareQuerySchema(Schema):
    """Which two jobs' items to compare."""

    a = fields.UUID(required=True, metadata={"description": "the job of the old wording"})
    b = fields.UUID(required=True, metadata={"description": "the job of the new one"})
