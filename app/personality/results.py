"""What a job of files leaves behind: one row a face, a frame, or an error."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from app.extensions import db
from app.personality.storing import load_answers
from app.personality.wording import NOTICE, TRAITS
from app.system import FINAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.jobs.models import Job

COLUMNS = (
    *("file", "kind", "face", "t", *TRAITS, "uncertainty", "box", "quality"),
    *("warnings", "coverage", "model_version", "error"),
)
GOOD = "good"  # the quality of a face that nothing is wrong with
NO_FACE = "none"  # stands for a face where the middle of a picture was judged


class ImpressionResults:
    """The results of `impressions` jobs; whose job it is was asked before."""

    columns = COLUMNS

    def summary(self, job: Job) -> Mapping[str, Any]:
        """Return how many files there were, and how many faces and errors."""
        answers = load_answers(db.session(), job.id)
        return {
            "faces": sum(len(answer["faces"]) for answer in answers),
            "coverage": coverage_of(job, answers),
            "notice": NOTICE,
        }

    def rows(self, job: Job, *, first: int = 0, limit: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield rows from position `first` on."""
        answers = load_answers(db.session(), job.id)
        numbered = enumerate(row for answer in answers for row in rows_of(answer))
        end = None if limit is None else first + limit
        for position, row in islice(numbered, first, end):
            yield {"position": position, **row}


def total_of(job: Job) -> int:
    """Return how many files a job was given, those included that were refused at once."""
    return len(job.input["upload_ids"]) + len(job.input.get("refused", ()))


def coverage_of(job: Job, answers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many files were answered, failed, or were not reached."""
    total = total_of(job)
    failed = sum(answer["error"] is not None for answer in answers)
    left = total - len(answers) if job.core_state in FINAL else 0
    return {"total": total, "done": len(answers) - failed, "failed": failed, "skipped": left}


def rows_of(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer to one file as rows of COLUMNS."""
    counts = answer["coverage"]
    shared = {
        "file": answer["file"],
        "kind": answer["kind"],
        "coverage": f"{counts['asked']}/{counts['decoded']}/{counts['with_face']}",
        "model_version": answer["model_version"],
    }
    blank = dict.fromkeys(COLUMNS)
    if answer["error"] is not None:
        error = f"{answer['error']['code']}: {answer['error']['message']}"
        yield {**blank, **shared, "warnings": "; ".join(answer["warnings"]), "error": error}
    for face in (*answer["faces"], *answer["frames"]):
        yield {
            **blank,
            **shared,
            **_cells(face),
            "warnings": "; ".join((*answer["warnings"], *face["warnings"])),
        }


def _cells(face: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row has of its own."""
    return {
        "face": face["face"] or NO_FACE,
        "t": face["t"],
        **{trait: face["traits"][trait]["value"] for trait in TRAITS},
        "uncertainty": face["uncertainty"],
        "box": face["box"],
        "quality": "; ".join(face["quality"]["words"]) or GOOD,
    }
