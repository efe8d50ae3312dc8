"""An answer as it is written and stored.

Embeddings, landmarks and metadata stay behind; so does all that this service never says of a person.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.personality.wording import TRAITS

if TYPE_CHECKING:
    from workers.personality.judge import Judgement, Row


def document(judgement: Judgement, *, name: str, version: str) -> dict[str, Any]:
    """Return the answer to a file as JSON: faces, a clip's frames, coverage, warnings; or the error."""
    error = judgement.error
    return {
        "file": name,
        "kind": judgement.kind,
        "faces": [row_document(row) for row in judgement.rows if row.time_s is None],
        "frames": [row_document(row) for row in judgement.rows if row.time_s is not None],
        "coverage": asdict(judgement.coverage),
        "warnings": list(judgement.warnings),
        "model_version": version,
        "error": None if error is None else {"code": error.code, "message": error.message},
    }


def row_document(row: Row) -> dict[str, Any]:
    """Return what is answered of one face."""
    face = row.face
    traits = {
        name: {"value": value, "low": low, "high": high, "t_score": t_score}
        for name, value, (low, high), t_score in zip(
            TRAITS, face.traits, face.interval, face.t_scores, strict=True
        )
    }
    return {
        "face": row.number or None,
        "t": row.time_s,
        "traits": traits,
        "uncertainty": face.uncertainty,
        "box": list(row.box) if row.box else None,
        "quality": {**face.quality, "words": list(face.quality_words)},
        "warnings": list(face.warnings),
        "frames_with_face": row.share[0] if row.share else None,
    }
