"""An answer as it is written: as JSON, and as the cells of a CSV.

Embeddings, landmarks and metadata stay behind; so does all that this service never says of a person.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.personality.wording import NOTICE
from workers.personality.faces import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.personality.judge import Judgement, Row

__all__ = ["NOTICE", "document", "row_cells"]

GOOD = "good"  # the quality of a face that nothing is wrong with
NO_FACE = "none"  # stands for a face where the middle of a picture was judged


def document(judgement: Judgement) -> dict[str, Any]:
    """Return an answer as JSON: faces, a clip's frames, coverage, warnings; or the error."""
    error = judgement.error
    return {
        "kind": judgement.kind,
        "faces": [row_document(row) for row in judgement.rows if _is_whole(judgement, row)],
        "frames": [row_document(row) for row in judgement.rows if not _is_whole(judgement, row)],
        "coverage": asdict(judgement.coverage),
        "warnings": list(judgement.warnings),
        "error": None if error is None else {"code": error.code, "message": error.message},
    }


def _is_whole(judgement: Judgement, row: Row) -> bool:
    """Say whether a row stands for all of a file, not for one frame."""
    return judgement.kind != "video" or row.time_s is None


def row_document(row: Row) -> dict[str, Any]:
    """Return what is answered of one face."""
    face = row.face
    traits = {
        name: {"value": value, "low": low, "high": high, "t_score": t_score}
        for name, value, (low, high), t_score in zip(
            TRAITS, face.traits, face.interval, face.t_scores, strict=True
        )
    }
    said: dict[str, Any] = {
        "face": row.number or None,
        "t": row.time_s,
        "traits": traits,
        "uncertainty": face.uncertainty,
        "box": list(row.box) if row.box else None,
        "quality": {**face.quality, "words": list(face.quality_words)},
        "warnings": list(face.warnings),
    }
    if row.share is not None:
        said["frames_with_face"] = row.share[0]
    return said


def row_cells(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """Yield an answer as cells, one row a face, or the one row of the error."""
    coverage = "/".join(map(str, asdict(judgement.coverage).values()))
    shared = {"kind": judgement.kind or "", "coverage": coverage, "warnings": "; ".join(judgement.warnings)}
    if judgement.error is not None:
        yield shared | {"error": str(judgement.error)}
    for row in judgement.rows:
        yield shared | _cells(row) | {"warnings": _joined(judgement.warnings, row), "error": ""}


def _joined(warnings: tuple[str, ...], row: Row) -> str:
    return "; ".join((*warnings, *row.face.warnings))


def _cells(row: Row) -> dict[str, Any]:
    face = row.face
    return {
        "face": row.number or NO_FACE,
        "t": "" if row.time_s is None else row.time_s,
        **dict(zip(TRAITS, face.traits, strict=True)),
        "uncertainty": face.uncertainty,
        "box": json.dumps(list(row.box)) if row.box else "",
        "quality": "; ".join(face.quality_words) or GOOD,
    }
