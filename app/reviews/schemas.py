"""What the reviews routes read."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.files.uploads.encodings import NAMED
from app.http.fields import Flag, shown
from app.reviews.languages import PATTERN, RIGHT, is_code
from app.reviews.texts import MAX_TEXT, SEEN_PATTERN, is_blank

FILE_EXAMPLE = {"file": "text\nA lovely room.\nThe worst breakfast ever.\n"}
EXAMPLE = {"text": "The room was lovely. The breakfast was cold, though.", "explain": True}


class ReviewText(fields.Field[str]):
    """A text of 1 to 512 characters of which something can be seen."""

    right = f"a text of 1 to {MAX_TEXT} characters"

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_TEXT,
            "pattern": SEEN_PATTERN,
            "description": f"1 to {MAX_TEXT} characters, counted as Unicode code points: an emoji is one, "
            "a combining mark is one of its own",
        }
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError({"reason": f"It is not {self.right}.", "value": shown(value)})
        if len(value) > MAX_TEXT:
            reason = f"It has {len(value)} characters; 1 to {MAX_TEXT} are right."
            raise ValidationError({"reason": reason, "value": shown(value)})
        if is_blank(value):
            reason = f"It is blank; {self.right} is right."
            raise ValidationError({"reason": reason, "value": shown(value)})
        return value


class LanguageCode(fields.String):
    """The code of a language, which is told from the text where it is left out."""

    right = RIGHT

    def __init__(self) -> None:
        about = "ISO 639 code such as `en` or `ko-KR`; told from the text where left out"
        metadata = {"description": about, "pattern": PATTERN}
        super().__init__(allow_none=True, load_default=None, metadata=metadata)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if not isinstance(value, str) or not is_code(value):
            raise ValidationError({"reason": f"It is not {RIGHT}.", "value": shown(value)})
        return value


class ReviewSchema(Schema):
    """A review to judge."""

    text = ReviewText(required=True)
    language = LanguageCode()
    explain = Flag(
        load_default=False, metadata={"description": "add what each word contributes to the label"}
    )


class BatchOptionsSchema(Schema):
    """How to read a file of reviews."""

    text_column = fields.String(
        allow_none=True,
        load_default=None,
        validate=[
            validate.Length(1, 200, error="It is not a heading of 1 to 200 characters."),
            validate.Regexp(
                r"[^\0]*\Z", error="It holds the character U+0000; a heading without it is right."
            ),
        ],
        metadata={"description": "the column or field with the reviews; found by itself where left out"},
    )
    language = LanguageCode()
    encoding = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.OneOf(NAMED, error="It is no encoding that is read; {choices} are."),
        metadata={"description": "the file's encoding; found by itself where left out"},
    )


class TaskQuerySchema(Schema):
    """Which rows of a batch to show."""

    cursor = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "position of the first row"},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class TaskListQuerySchema(Schema):
    """Which tasks to show."""

    cursor = fields.UUID()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


def file_form() -> dict[str, Any]:
    """Return the document of the form that a file of reviews comes in."""
    about = "CSV, JSON, JSON lines or one text a line, by its content; to 10 MB (10,000,000 bytes)"
    column = "the column or field with the reviews; found by itself where left out"
    code = {"type": "string", "pattern": PATTERN, "description": "of rows that name none themselves"}
    properties = {
        "file": {"type": "string", "format": "binary", "description": about},
        "text_column": {"type": "string", "minLength": 1, "maxLength": 200, "description": column},
        "language": code,
        "encoding": {"type": "string", "enum": list(NAMED), "description": "found by itself where left out"},
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["file"],
        "additionalProperties": False,
    }
    content = {"multipart/form-data": {"schema": schema, "example": FILE_EXAMPLE}}
    return {"required": True, "content": content}
