"""What an analysis of documents leaves beside its rows: trees, texts, pictures of pages, files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, stream_with_context

from app.documents import service
from app.documents.answer_schemas import ComparisonSchema, DocumentTreeSchema
from app.documents.schemas import CompareQuerySchema, DocumentQuerySchema, ExportQuerySchema
from app.http.openapi import Blueprint, error_responses, reply, response_headers

blp = Blueprint(
    "document_results", __name__, url_prefix="/api/v1/results", description="What documents say, with proof."
)

PRIVATE = {"Cache-Control": "private, no-store"}
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@blp.route("/<uuid:job_id>/tree")
@blp.arguments(DocumentQuerySchema, location="query")
@blp.response(200, DocumentTreeSchema, headers=response_headers("Vary"))
@error_responses(401, 404, 410, 422, 503)
def show_tree(query: dict[str, Any], job_id: UUID) -> Response:
    """Show all that an analysis found in a document: items, coverage, what was left over."""
    packed = service.find_tree(job_id, query["document"])
    headers = PRIVATE | {"Vary": "Accept-Encoding"}
    if request.accept_encodings["gzip"] > 0:
        headers["Content-Encoding"] = "gzip"
        return Response(packed, headers=headers, content_type="application/json")
    stream = stream_with_context(service.unpacked(packed))
    return Response(stream, headers=headers, content_type="application/json")


@blp.route("/<uuid:job_id>/text")
@blp.arguments(DocumentQuerySchema, location="query")
@blp.response(
    200,
    {"type": "string"},
    content_type="text/plain",
    headers=response_headers("Content-Disposition"),
)
@error_responses(401, 404, 410, 422, 503)
def show_text(query: dict[str, Any], job_id: UUID) -> Response:
    """Download the text of a document, in which the offsets of its items count code points."""
    text = service.find_text(job_id, query["document"])
    name = f"document-{job_id}-{query['document']}.txt"
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, content_type="text/plain; charset=utf-8")


@blp.route("/<uuid:job_id>/pages/<int:page>")
@blp.arguments(DocumentQuerySchema, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/webp")
@error_responses(401, 404, 410, 422, 503)
def show_page(query: dict[str, Any], job_id: UUID, page: int) -> Response:
    """Show a page of a PDF as a viewer does: a lossless picture of 110 dots per inch."""
    image = service.find_page(job_id, query["document"], min(page, 2**31 - 1))
    return Response(image, headers=PRIVATE, content_type="image/webp")


@blp.route("/<uuid:job_id>/export")
@blp.arguments(ExportQuerySchema, location="query")
@blp.response(
    200, {"type": "string"}, content_type="text/csv", headers=response_headers("Content-Disposition")
)
@blp.alt_response(200, schema={"type": "object"}, content_type="application/json", success=True)
@error_responses(401, 404, 410, 422, 503)
def show_export(query: dict[str, Any], job_id: UUID) -> Response:
    """Download the items of an analysis as a file."""
    kind = query["format"]
    content = service.find_export(job_id, f"items.{kind}")
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="items-{job_id}.{kind}"'}
    return Response(content, headers=headers, content_type=MEDIA_TYPES[kind])


@blp.route("/compare")
@blp.arguments(CompareQuerySchema, location="query")
@blp.response(200, ComparisonSchema)
@error_responses(401, 404, 410, 422, 503)
def compare_results(query: dict[str, Any]) -> Response:
    """Compare two analyses: items added, removed and changed, each with both quotes."""
    return reply(service.compare_jobs(query["a"], query["b"]), PRIVATE)
