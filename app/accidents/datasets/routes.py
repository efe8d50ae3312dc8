"""The routes of data sets: upload, list, look, change, share, erase; and to what answers rest on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, request, stream_with_context, url_for
from flask.views import MethodView
from marshmallow import ValidationError

from app.accidents.datasets import asking, commands, erasing, proofs, receiving, rows, service, shares
from app.accidents.datasets.schemas import (
    ChangeSchema,
    DatasetEvidenceSchema,
    DatasetListSchema,
    DatasetSchema,
    ErasedSchema,
    ListQuerySchema,
    RowsQuerySchema,
    RowsSchema,
    ShareRequestSchema,
    ShareSchema,
    VersionQuerySchema,
)
from app.accidents.datasets.service import VersionedDataset
from app.http.errors import refused
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs.links import events_url

blp = Blueprint(
    "datasets",
    __name__,
    url_prefix="/api/datasets",
    description="Tables that people upload, and what their columns hold.",
)
evidence_blp = Blueprint(
    "evidence", __name__, url_prefix="/api/evidence", description="What answers rest on, asked again."
)
blp.cli.add_command(commands.profile)

EXAMPLE = "weather,accidents\n맑음,12\n비,3\n"
CHANGE = {"name": "accidents of 2016", "columns": {"accidents": {"unit": "건"}}}
SHARE_BODY = {
    "required": False,
    "content": {"application/json": {"schema": ShareRequestSchema, "example": {"version": 1}}},
}
PRIVATE = {"Cache-Control": "private, no-store"}


@blp.before_request
def find_first() -> None:
    """Answer for an id that there is none of before anything of the body is read."""
    dataset_id = (request.view_args or {}).get("dataset_id")
    if dataset_id is not None and request.method in {"PATCH", "POST"}:
        service.find_own_rows(dataset_id)


def upload_form() -> dict[str, Any]:
    """Return the document of the upload's form."""
    text = {"type": "string"}
    properties = {"file": {"type": "string", "format": "binary"}, "name": text, "description": text}
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["file"],
        "additionalProperties": False,
    }
    return {
        "required": True,
        "content": {"multipart/form-data": {"schema": schema, "example": {"file": EXAMPLE}}},
    }


def present_item(reading: VersionedDataset) -> dict[str, Any]:
    """Return a data set as lists show it."""
    dataset, profile = reading.dataset, reading.version.profile or {}
    return {
        "id": str(dataset.id),
        "name": dataset.name,
        "description": dataset.description,
        "version": reading.version.version,
        "status": reading.status,
        "rows": profile.get("rows"),
        "size_bytes": dataset.size_bytes,
        "uploaded_at": dataset.uploaded_at.isoformat(),
    }


def present(reading: VersionedDataset) -> dict[str, Any]:
    """Return a data set with its profile; before it is read, without."""
    dataset, job = reading.dataset, reading.job
    empty: dict[str, Any] = {"schema": [], "warnings": [], "set_aside": None, "rejected": None}
    profile = {**empty, **(reading.version.profile or {})}
    waiting = job is not None and not reading.is_ready
    profile.pop("hidden", None)
    return {
        **profile,
        **present_item(reading),
        "sha256": dataset.sha256,
        "progress": 1.0 if reading.is_ready else (job.progress if job else 0.0),
        "error": job.error if job is not None and waiting else None,
        "job_id": str(job.id) if job is not None and waiting else None,
        "links": links_of(reading),
    }


def links_of(reading: VersionedDataset) -> dict[str, str]:
    """Return where a data set's rows are, and the job that reads it."""
    links = {
        "self": url_for("datasets.DatasetResource", dataset_id=reading.dataset.id),
        "rows": url_for("datasets.show_rows", dataset_id=reading.dataset.id),
    }
    if reading.job is not None and not reading.is_ready:
        links["job"] = url_for("jobs.JobResource", job_id=reading.job.id)
        links["events"] = events_url(reading.job.id)
    return links


def answered(reading: VersionedDataset, status: int) -> Response:
    """Return a data set that is ready, or a 202 that says where it will be."""
    url = url_for("datasets.DatasetResource", dataset_id=reading.dataset.id)
    if reading.is_ready:
        return reply(present(reading), {"Location": url, **PRIVATE}, status)
    return reply(present(reading), {"Location": url, "Retry-After": "1", **PRIVATE}, 202)


@blp.route("/upload", methods=["POST"])
@blp.response(201, DatasetSchema, headers=response_headers("Location"))
@blp.alt_response(
    202,
    schema=DatasetSchema,
    description="received, and being read",
    headers=response_headers("Location", "Retry-After"),
    success=True,
)
@blp.doc(requestBody=upload_form())
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 409, 411, 413, 415, 422, 429, 503)
def upload_dataset() -> Any:
    """Upload a table; one of up to 5 MB is read before the answer."""
    return answered(receiving.receive(), 201)


@blp.route("", methods=["GET"])
@blp.arguments(ListQuerySchema, location="query")
@blp.response(200, DatasetListSchema)
@error_responses(401, 422, 503)
def list_datasets(query: dict[str, Any]) -> Any:
    """List my data sets, newest first."""
    readings, total = service.list_mine(**query)
    return reply({"datasets": [present_item(each) for each in readings], "total": total, **query}, PRIVATE)


@blp.route("/<uuid:dataset_id>")
class DatasetResource(MethodView):
    """One data set."""

    @named("show_dataset")
    @blp.arguments(VersionQuerySchema, location="query")
    @blp.response(200, DatasetSchema)
    @error_responses(401, 404, 422, 503)
    def get(self, query: dict[str, Any], dataset_id: UUID) -> Any:
        """Show a data set: how its file was read, and what its columns hold."""
        return reply(present(service.find(dataset_id, query.get("version"))), PRIVATE)

    @named("change_dataset")
    @blp.arguments(ChangeSchema, example=CHANGE)
    @blp.response(200, DatasetSchema, headers=response_headers("Location"))
    @blp.alt_response(
        202,
        schema=DatasetSchema,
        description="a new version is being read",
        headers=response_headers("Location", "Retry-After"),
        success=True,
    )
    @error_responses(400, 401, 404, 409, 411, 413, 415, 422, 429, 503)
    def patch(self, change: dict[str, Any], dataset_id: UUID) -> Any:
        """Rename a data set, or have its bytes read otherwise: that makes a new version."""
        return answered(receiving.change(dataset_id, ChangeSchema().dump(change)), 200)

    @named("erase_dataset")
    @blp.response(200, ErasedSchema)
    @error_responses(401, 404, 409, 503)
    def delete(self, dataset_id: UUID) -> Any:
        """Erase a data set with its files, evidence and shares, and count what went."""
        return reply(asdict(erasing.erase(dataset_id)), PRIVATE)


@blp.route("/<uuid:dataset_id>/rows")
@blp.arguments(RowsQuerySchema, location="query")
@blp.response(200, RowsSchema, headers=response_headers("Content-Disposition"))
@blp.alt_response(200, schema={"type": "string"}, content_type="text/csv", success=True)
@error_responses(401, 404, 409, 410, 422, 429, 503)
def show_rows(query: dict[str, Any], dataset_id: UUID) -> Any:
    """Show a page of rows as JSON, or all of them as CSV."""
    reading = service.find_ready(dataset_id, query.get("version"))
    return rows_of(asking.table_of(reading), query, name=str(dataset_id))


def rows_of(table: Any, query: dict[str, Any], *, name: str) -> Response:
    """Return rows in the form that is asked for."""
    if query["format"] == "json":
        return reply(rows.page(table, query), PRIVATE)
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="dataset-{name}.csv"'}
    stream = stream_with_context(rows.stream_csv(table, query))
    return Response(stream, headers=headers, content_type="text/csv; charset=utf-8")


def share_wish() -> dict[str, Any]:
    """Return what the body says of a share; without one, the current version is meant."""
    if not request.content_length:
        return {}
    schema = ShareRequestSchema()
    try:
        return dict(schema.load(request.get_json()))
    except ValidationError as error:
        raise refused(error, schema) from None


@blp.route("/<uuid:dataset_id>/share", methods=["POST"])
@blp.response(201, ShareSchema)
@blp.doc(requestBody=SHARE_BODY)
@error_responses(400, 401, 404, 409, 411, 413, 415, 422, 503)
def share_dataset(dataset_id: UUID) -> Any:
    """Make a link to a version that opens without a key for seven days."""
    wish = share_wish()
    made = shares.create(dataset_id, version=wish.get("version"), view=wish.get("view"))
    body = {
        "id": str(made.share.id),
        "dataset_id": str(dataset_id),
        "version": made.share.version,
        "share_token": made.token,
        "share_url": url_for("shared.show_shared", token=made.token, _external=True),
        "expires_at": made.share.expires_at.isoformat(),
    }
    return reply(body, PRIVATE, 201)


@blp.route("/shares/<uuid:share_id>", methods=["DELETE"])
@blp.response(204)
@error_responses(401, 404, 503)
def revoke_share(share_id: UUID) -> None:
    """End a link."""
    shares.revoke(share_id)


@evidence_blp.route("/<uuid:evidence_id>")
@evidence_blp.response(200, DatasetEvidenceSchema)
@error_responses(401, 404, 409, 410, 422, 429, 503)
def show_evidence(evidence_id: UUID) -> Any:
    """Show what an answer rests on, and ask it again."""
    return reply(proofs.check(evidence_id), PRIVATE)
