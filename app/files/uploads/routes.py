"""Take files in, one or many at once; show and erase them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import url_for
from flask.views import MethodView

from app.files.uploads import erasing, service
from app.files.uploads.forms import Shape, received
from app.files.uploads.models import Upload
from app.files.uploads.schemas import UploadBatchSchema, UploadSchema
from app.http.openapi import Blueprint, error_responses, named, request_headers, response_headers
from app.jobs.idempotency import claim_key

if TYPE_CHECKING:
    from app.files.uploads.incoming import Incoming

BATCH_FILES = 50
ONE = Shape("file", 1)
MANY = Shape("files", BATCH_FILES, each=True)

blp = Blueprint(
    "uploads", __name__, url_prefix="/api/v1/upload", description="Files, before a job reads them."
)


def form(name: str, files: dict[str, Any], example: Any) -> dict[str, Any]:
    """Return the document of a multipart form with files in one of its fields."""
    system = {"type": "string", "description": "which is to read them; it sets size and kinds"}
    schema = {
        "type": "object",
        "properties": {name: files, "system": system},
        "required": [name],
        "additionalProperties": False,
    }
    content = {"multipart/form-data": {"schema": schema, "example": {name: example}}}
    return {"required": True, "content": content}


BINARY = {"type": "string", "format": "binary"}
EXAMPLE = "n,text\n1,good\n2,bad\n"


def present(upload: Upload) -> dict[str, Any]:
    """Return an upload as its schema has it."""
    names = "name system size received sha256 detected created_at expires_at"
    shown = {name: getattr(upload, name) for name in names.split()}
    return {"upload_id": upload.id, "status": upload.state, **shown}


def present_file(file: Incoming, upload: Upload | None) -> dict[str, Any]:
    """Return what became of one file of a batch."""
    fault = file.fault
    problem_row = {"status": fault.status, "code": fault.code, "detail": fault.detail} if fault else None
    return {"name": file.name, "upload": present(upload) if upload else None, "problem": problem_row}


@blp.route("/file", methods=["POST"])
@blp.response(201, UploadSchema, headers=response_headers("Location", "Idempotency-Replayed"))
@blp.doc(requestBody=form("file", BINARY, EXAMPLE))
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 409, 411, 413, 415, 422, 503)
def upload_file() -> Any:
    """Upload one file."""
    with received(ONE) as sent, claim_key(sent.digest(), made=Upload.id) as claim:
        upload: Any = claim.earlier or service.keep_one(sent, claim.job_id)
    return present(upload), 201, {"Location": url_for("uploads.UploadResource", upload_id=upload.id)}


@blp.route("/batch", methods=["POST"])
@blp.response(201, UploadBatchSchema, headers=response_headers("Idempotency-Replayed"))
@blp.doc(
    requestBody=form(
        "files", {"type": "array", "items": BINARY, "minItems": 1, "maxItems": BATCH_FILES}, [EXAMPLE]
    )
)
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 409, 411, 413, 415, 422, 503)
def upload_batch() -> Any:
    """Upload up to 50 files; each is accepted or refused by itself."""
    with received(MANY) as sent, claim_key(sent.digest(), made=Upload.batch_id) as claim:
        batch_id, files = service.keep_many(sent, claim.job_id)
    return {"batch_id": batch_id, "files": [present_file(*each) for each in files]}, 201


@blp.route("/<uuid:upload_id>")
class UploadResource(MethodView):
    """One upload."""

    @named("show_upload")
    @blp.response(200, UploadSchema)
    @error_responses(401, 404, 410, 503)
    def get(self, upload_id: UUID) -> Any:
        """Show an upload."""
        return present(service.find(upload_id))

    @named("erase_upload")
    @blp.response(204)
    @error_responses(401, 404, 409, 503)
    def delete(self, upload_id: UUID) -> None:
        """Erase an upload and its file."""
        erasing.remove(upload_id)
