"""The routes of the personality system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, url_for
from flask.views import MethodView

from app.extensions import db, settings
from app.http.errors import NotFound
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs import service as jobs
from app.jobs.links import events_url
from app.jobs.realtime.submit import preference
from app.personality import erasure, service
from app.personality.answer_schemas import (
    AcceptedPredictionSchema,
    ErasedPredictionSchema,
    PredictionListSchema,
    PredictionSchema,
)
from app.personality.schemas import PredictionListQuerySchema, form
from app.personality.storing import list_overlays, load_overlay
from app.personality.vocabulary import VOCABULARY
from app.personality.wording import NOTICE, TRAITS
from app.system import State

if TYPE_CHECKING:
    from app.jobs.models import Job
    from app.personality.service import Prediction

blp = Blueprint(
    "personality",
    __name__,
    url_prefix="/api/v1/personality",
    description="The impression that faces make: strangers' judgements, not a person's character.",
)

ERRORS = (400, 401, 409, 411, 413, 415, 422, 429, 503)


def links_of(job_id: UUID) -> dict[str, str]:
    """Return where a prediction can be followed, read as rows, and erased."""
    return {
        "self": url_for("personality.PredictionResource", prediction_id=job_id),
        "job": url_for("jobs.JobResource", job_id=job_id),
        "events": events_url(job_id),
        "results": url_for("results.show_results", job_id=job_id),
    }


def present(prediction: Prediction) -> dict[str, Any]:
    """Return a prediction that has ended well."""
    failed = sum(answer["error"] is not None for answer in prediction.answers)
    total = len(prediction.answers)
    return {
        "prediction_id": prediction.job_id,
        "status": VOCABULARY[prediction.state],
        "links": links_of(prediction.job_id),
        "files": prediction.answers,
        "coverage": {"total": total, "done": total - failed, "failed": failed, "skipped": 0},
        "model_version": prediction.model_version,
        "finished_at": prediction.finished_at,
        "cached": prediction.cached,
        "overlays": [
            url_for(
                "personality.show_overlay", prediction_id=prediction.job_id, file=file, face=face, trait=trait
            )
            for file, face, trait in list_overlays(db.session(), prediction.job_id)
        ],
        "notice": NOTICE,
    }


def present_listed(job: Job) -> dict[str, Any]:
    """Return a prediction as the history shows it."""
    return {
        "prediction_id": job.id,
        "status": VOCABULARY[job.core_state],
        "links": links_of(job.id),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "model_version": job.model_version,
        "total": job.total,
    }


def answered(prediction: Prediction, headers: dict[str, str]) -> Response:
    """Return a prediction: its answers, or where they will be."""
    if prediction.state == State.SUCCEEDED:
        return reply(present(prediction), {"Cache-Control": "private, no-store", **headers})
    url = url_for("personality.PredictionResource", prediction_id=prediction.job_id)
    body = {
        "prediction_id": str(prediction.job_id),
        "status": VOCABULARY[prediction.state],
        "links": links_of(prediction.job_id),
    }
    return reply(body, {"Location": url, "Retry-After": "1", **headers}, 202)


@blp.route("/predict", methods=["POST"])
@named("create_impression")
@blp.response(200, PredictionSchema, headers=response_headers("Preference-Applied", "Cache-Status"))
@blp.alt_response(
    202,
    schema=AcceptedPredictionSchema,
    description="accepted, and not done within the wait: clips are not waited for unless asked",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@blp.doc(requestBody=form("file"))
@request_headers(blp, "Prefer", "Idempotency-Key", "Cache-Control")
@error_responses(*ERRORS)
def predict() -> Any:
    """Judge the faces of a picture or a clip."""
    waits = {"image": preference(settings().wait_s), "video": preference(0.0)}
    prediction = service.predict(lambda family: waits[family].wait_s)
    return answered(prediction, waits["image"].headers)


@blp.route("/batch", methods=["POST"])
@named("create_impressions")
@blp.response(200, PredictionSchema, headers=response_headers("Preference-Applied"))
@blp.alt_response(
    202,
    schema=AcceptedPredictionSchema,
    description="accepted, and not done within the wait",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@blp.doc(requestBody=form("files"))
@request_headers(blp, "Prefer", "Idempotency-Key")
@error_responses(*ERRORS)
def predict_batch() -> Any:
    """Judge the faces of up to 50 pictures, each with its own outcome."""
    wanted = preference(settings().wait_s)
    return answered(service.predict_batch(wanted.wait_s), wanted.headers)


@blp.route("/predictions")
@named("list_impressions")
@blp.arguments(PredictionListQuerySchema, location="query")
@blp.response(200, PredictionListSchema, headers=response_headers("Link"))
@error_responses(401, 422, 503)
def list_predictions(query: dict[str, Any]) -> Any:
    """List my predictions, newest first."""
    limit = query["limit"]
    page = jobs.find(system=service.NAME, state=None, dead=None, cursor=query.get("cursor"), limit=limit)
    body = {"predictions": [present_listed(job) for job in page.jobs], "next_cursor": page.next_cursor}
    if page.next_cursor is None:
        return body
    more = url_for("personality.list_predictions", cursor=page.next_cursor, limit=limit)
    return body, 200, {"Link": f'<{more}>; rel="next"'}


@blp.route("/predictions/<uuid:prediction_id>")
class PredictionResource(MethodView):
    """One prediction."""

    @named("show_impression")
    @blp.response(200, PredictionSchema)
    @blp.alt_response(
        202,
        schema=AcceptedPredictionSchema,
        description="not done yet",
        headers=response_headers("Location", "Retry-After"),
        success=True,
    )
    @error_responses(401, 404, 410, 415, 422, 503)
    def get(self, prediction_id: UUID) -> Any:
        """Show a prediction: its answers, or why there are none."""
        return answered(service.settled(service.find(prediction_id)), {})

    @named("erase_impression")
    @blp.response(200, ErasedPredictionSchema)
    @error_responses(401, 404, 409, 410, 503)
    def delete(self, prediction_id: UUID) -> Any:
        """Erase a prediction with its rows, overlays, files and cached answer, and count what is left."""
        left = erasure.erase(service.find(prediction_id))
        return {"prediction_id": prediction_id, "left": left}


@blp.route("/predictions/<uuid:prediction_id>/overlays/<int:file>/<int:face>/<trait>")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
@error_responses(401, 404, 410, 503)
def show_overlay(prediction_id: UUID, file: int, face: int, trait: str) -> Response:
    """Show which parts of a face moved a trait, drawn over it."""
    job = service.find(prediction_id)
    exists = trait in TRAITS and max(file, face) < 1 << 15
    png = load_overlay(db.session(), job.id, (file, face, trait)) if exists else None
    if png is None:
        raise NotFound("There is no such overlay; `explain` asks for them.")
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{trait}-{file}-{face}.png"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(png, 200, headers, content_type="image/png")
