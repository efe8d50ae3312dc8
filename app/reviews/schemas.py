"""What the reviews routes read."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.files.uploads.encodings import NAMED
from app.http.fields import Flag, shown
from app.reviews.languages import PATTERN, RIGHT, is_code
from app.reviews.texts import MAX_LONG_TEXT, MAX_TEXT, SEEN_PATTERN, is_blank

FILE_EXAMPLE = {"file": "text\nA lovely room.\nThe worst breakfast ever.\n"}
EXAMPLE = {"text": "The room was lovely. The breakfast was cold, though.", "explain": True}


MOST_METADATA = 1000  # characters of JSON: as much as a field of a form may have
LONG = {
    "truncate": f"judge the first {MAX_TEXT} characters of a longer text, to {MAX_LONG_TEXT}",
    "by_sentence": f"judge sentence by sentence, and the text by their mean; to {MAX_LONG_TEXT} characters",
}


class ReviewText(fields.Field[str]):
    """A text of 1 to 512 characters of which something can be seen; of more where it may be a long one."""

    right = f"a text of 1 to {MAX_TEXT} characters"

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_LONG_TEXT,
            "pattern": SEEN_PATTERN,
            "description": f"1 to {MAX_TEXT} characters, with `truncate` or `by_sentence` to "
            f"{MAX_LONG_TEXT}, counted as Unicode code points: an emoji is one, "
            "a combining mark is one of its own",
        }
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError({"reason": f"It is not {self.right}.", "value": shown(value)})
        if len(value) > MAX_LONG_TEXT:
            raise too_long(value)
        if is_blank(value):
            reason = f"It is blank; {self.right} is right."
            raise ValidationError({"reason": reason, "value": shown(value)})
        return value


def too_long(text: str) -> ValidationError:
    """Return what is to be said of a text with too many characters."""
    reason = f"It has {len(text)} characters; 1 to {MAX_TEXT} are right"
    more = f", with `truncate` or `by_sentence` to {MAX_LONG_TEXT}."
    return ValidationError({"reason": reason + more, "value": shown(text)})


class FormFlag(Flag):
    """A truth value of a form, where it is a word, or of JSON."""

    right = "true or false"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize({"true": True, "false": False}.get(value, value), *args, **kwargs)


class Metadata(fields.Dict):
    """What the caller wants back beside the result: an object, in a form as JSON."""

    right = f"an object of at most {MOST_METADATA} characters of JSON"

    def __init__(self) -> None:
        metadata = {"description": f"given back unchanged; {self.right}"}
        super().__init__(keys=fields.String(), allow_none=True, load_default=None, metadata=metadata)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        try:
            content = json.loads(value) if isinstance(value, str) else value
            if isinstance(content, dict) and len(json.dumps(content, ensure_ascii=False)) <= MOST_METADATA:
                return content
        except (ValueError, RecursionError):
            pass
        raise ValidationError({"reason": f"It is not {self.right}.", "value": shown(value)})


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
    truncate = Flag(load_default=False, metadata={"description": LONG["truncate"]})
    by_sentence = Flag(load_default=False, metadata={"description": LONG["by_sentence"]})
    metadata = Metadata()

    class Meta:
        """Say in the document which texts may be long."""

        document = {  # noqa: RUF012 - marshmallow's own form
            "allOf": [
                {
                    "anyOf": [
                        {"properties": {"text": {"maxLength": MAX_TEXT}}},
                        *({"properties": {name: {"enum": [True]}}, "required": [name]} for name in LONG),
                    ]
                }
            ]
        }

    @validates_schema
    def check_length(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Raise ValidationError for a long text of which it is not said how to judge it."""
        if len(data.get("text", "")) > MAX_TEXT and not any(data.get(name) for name in LONG):
            raise ValidationError({"text": too_long(data["text"]).messages})


class Heading(fields.String):
    """The heading of a column, or the name of a field."""

    def __init__(self, about: str) -> None:
        rules = [
            validate.Length(1, 200, error="It is not a heading of 1 to 200 characters."),
            validate.Regexp(
                r"[^\0]*\Z", error="It holds the character U+0000; a heading without it is right."
            ),
        ]
        super().__init__(allow_none=True, load_default=None, validate=rules, metadata={"description": about})


class BatchOptionsSchema(Schema):
    """How to read a file of reviews."""

    text_column = Heading("the column or field with the reviews; found by itself where left out")
    id_column = Heading("the column or field that names a row; each row's `id` is what it has there")
    language = LanguageCode()
    encoding = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.OneOf(NAMED, error="It is no encoding that is read; {choices} are."),
        metadata={"description": "the file's encoding; found by itself where left out"},
    )
    truncate = FormFlag(load_default=False, metadata={"description": LONG["truncate"]})
    by_sentence = FormFlag(load_default=False, metadata={"description": LONG["by_sentence"]})
    metadata = Metadata()


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
    options = BatchOptionsSchema().fields
    about_each = {name: options[name].metadata["description"] for name in ("text_column", "id_column", *LONG)}
    code = {"type": "string", "pattern": PATTERN, "description": "of rows that name none themselves"}
    properties = {
        "file": {"type": "string", "format": "binary", "description": about},
        **{
            name: {"type": "string", "minLength": 1, "maxLength": 200, "description": about_each[name]}
            for name in ("text_column", "id_column")
        },
        "language": code,
        "encoding": {"type": "string", "enum": list(NAMED), "description": "found by itself where left out"},
        **{
            name: {"type": "string", "enum": ["true", "false"], "description": about_each[name]}
            for name in LONG
        },
        "metadata": {"type": "string", "description": f"JSON, given back unchanged: {Metadata.right}"},
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["file"],
        "additionalProperties": False,
    }
    content = {"multipart/form-data": {"schema": schema, "example": FILE_EXAMPLE}}
    return {"required": True, "content": content}
