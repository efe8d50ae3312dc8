"""What the personality routes read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from app.http.errors import Invalid
from app.http.fields import Flag, shown
from app.personality.frames import COUNT, MOST, RIGHT, parse_frames
from app.personality.purposes import MOST_CHARACTERS, WORDS, refused_use

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = ("face", "middle", "face+middle")
MOST_IMAGES = 50
FRAMES_PATTERN = r"^ *(middle|[0-9]{1,3}|[0-9.]{1,12}( *, *[0-9.]{1,12}){0,99},?) *$"
ABOUT = {
    "consent": "must be true: whoever is shown has agreed to this",
    "purpose": "what the answer is for; refused are " + ", ".join(WORDS),
    "detect_face": "look for faces; else the middle is judged",
    "method": "judge faces, the middle, or both",
    "all_faces": "judge all faces instead of the largest of each picture or frame",
    "tta": "judge shifted copies of each face too: slower, a little steadier",
    "explain": "draw which parts of a picture's faces moved each trait",
    "frames": f"of a clip: a count from 1 to {MOST}, `middle`, or seconds with commas between them",
}


class Frames(fields.Field[str]):
    """Which frames of a clip: a count, `middle`, or times; kept as text."""

    def __init__(self) -> None:
        about = {"type": "string", "pattern": FRAMES_PATTERN, "description": ABOUT["frames"]}
        super().__init__(load_default=str(COUNT), metadata=about)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        try:
            parse_frames(text if isinstance(text, str) else "")
        except ValueError:
            reason = f"It is not what frames may be; {RIGHT} is right."
            raise ValidationError({"reason": reason, "value": shown(value)}) from None
        return str(text)

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        return value


class OptionsSchema(Schema):
    """How pictures and clips are looked at, and that those shown have agreed."""

    consent = Flag(
        required=True,
        validate=validate.Equal(True),
        metadata={"enum": [True], "description": ABOUT["consent"]},
    )
    purpose = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(0, MOST_CHARACTERS),
        metadata={"description": ABOUT["purpose"]},
    )
    detect_face = Flag(load_default=True, metadata={"description": ABOUT["detect_face"]})
    method = fields.String(
        load_default="face", validate=validate.OneOf(METHODS), metadata={"description": ABOUT["method"]}
    )
    all_faces = Flag(load_default=False, metadata={"description": ABOUT["all_faces"]})
    tta = Flag(load_default=False, metadata={"description": ABOUT["tta"]})
    explain = Flag(load_default=False, metadata={"description": ABOUT["explain"]})
    frames = Frames()

    @pre_load
    def check_use(self, values: Mapping[str, Any], **_kwargs: Any) -> Mapping[str, Any]:
        """Refuse what nobody agreed to, and what impressions of faces are never to be used for.

        Raises:
            Invalid: `consent_required` or `purpose_refused`.

        """
        if values.get("consent") is not True:
            reason = "It is not true; true is right where whoever is shown has agreed to be judged."
            row = {"field": "consent", "reason": reason, "value": shown(values.get("consent"))}
            raise Invalid("`consent` must be true.", code="consent_required", errors=[row])
        purpose = values.get("purpose")
        use = refused_use(purpose) if isinstance(purpose, str) else None
        if use is not None:
            reason = f"It names {use}; one that decides nothing about people is right."
            row = {"field": "purpose", "reason": reason, "value": shown(purpose)}
            detail = f"Impressions of faces are not answered for {use}: they say nothing of a person."
            raise Invalid(detail, code="purpose_refused", errors=[row])
        return values


SWITCHES = ("consent", "detect_face", "all_faces", "tta", "explain")


def form_options(values: Mapping[str, str]) -> dict[str, Any]:
    """Return a form's fields as JSON would have them: `true` and `false` are no texts."""
    words = {"true": True, "false": False}
    return {
        name: words.get(value.strip().lower(), value) if name in SWITCHES else value
        for name, value in values.items()
    }


def form(files: str) -> dict[str, Any]:
    """Return the document of a form with one picture or clip in `file`, or pictures in `files`."""
    binary = {"type": "string", "format": "binary"}
    about = "JPEG, PNG, WebP, GIF, HEIC or AVIF"
    one = {**binary, "description": f"a picture ({about}) or a clip (MP4, MOV, MKV, WebM, AVI, TS); to 50 MB"}
    many = {"type": "array", "items": binary, "maxItems": MOST_IMAGES, "description": f"pictures ({about})"}
    properties: dict[str, Any] = {files: one if files == "file" else many}
    properties |= {name: {"type": "boolean", "description": ABOUT[name]} for name in SWITCHES}
    properties["consent"] = {"type": "boolean", "const": True, "description": ABOUT["consent"]}
    properties["method"] = {"type": "string", "enum": list(METHODS), "description": ABOUT["method"]}
    properties["purpose"] = {"type": "string", "maxLength": MOST_CHARACTERS, "description": ABOUT["purpose"]}
    if files == "file":
        frames = {"type": "string", "pattern": FRAMES_PATTERN, "description": ABOUT["frames"]}
        properties["frames"] = frames
    schema = {
        "type": "object",
        "properties": properties,
        "required": [files, "consent"],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


class PredictionListQuerySchema(Schema):
    """Which predictions to show."""

    cursor = fields.UUID()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
