"""Resumable uploads by the tus protocol 1.0: core, creation, checksum, expiration, termination."""

from __future__ import annotations

import base64
import binascii
import json
import re
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import MethodNotAllowed

from app.files.uploads import erasing, resumable, service
from app.files.uploads.limits import most_bytes
from app.files.uploads.models import Upload
from app.files.uploads.resumable import Sent
from app.http.errors import BadRequest, LengthRequired, PreconditionFailed, UnsupportedType
from app.http.openapi import Blueprint, error_responses, named, request_headers, response_headers
from app.jobs.idempotency import claim_key

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
ALGORITHMS = ("sha256", "sha1", "md5")
BODY = "application/offset+octet-stream"
NUMBER = re.compile(r"[0-9]{1,15}\Z")

blp = Blueprint(
    "resumable",
    __name__,
    url_prefix="/api/v1/upload/resumable",
    description="Files in parts, by tus 1.0: what has come survives a broken line.",
)


@blp.after_request
def speak_tus(response: Response) -> Response:
    """Say in every answer which version is spoken, and that none is to be kept."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


def check_version() -> None:
    """Raise PreconditionFailed unless the request speaks this version."""
    sent = request.headers.get("Tus-Resumable", "")
    if sent != VERSION:
        detail = f"Tus-Resumable is {sent[:20]!r}; this server speaks {VERSION}."
        raise PreconditionFailed(detail, headers={"Tus-Version": VERSION})


def number(header: str) -> int:
    """Return a header's whole number of bytes; raise BadRequest when it has none."""
    sent = request.headers.get(header, "")
    if not NUMBER.match(sent):
        raise BadRequest(f"{header} is {sent[:40]!r}; send a whole number of bytes.")
    return int(sent)


def decoded(text: str, header: str) -> bytes:
    """Return the bytes that a header holds in Base64; raise BadRequest when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(f"{header} holds what is not Base64.") from None


def metadata() -> dict[str, str]:
    """Return what Upload-Metadata says; raise BadRequest when it has another form."""
    pairs = [pair.split() for pair in request.headers.get("Upload-Metadata", "").split(",") if pair.strip()]
    if any(len(pair) > 2 for pair in pairs):  # noqa: PLR2004 - a key, and what it says
        raise BadRequest(
            "Upload-Metadata is pairs of a key and its value in Base64, with commas between them."
        )
    return {
        key: decoded(rest[0], "Upload-Metadata").decode("utf-8", "replace") if rest else ""
        for key, *rest in pairs
    }


def checksum() -> tuple[str, bytes]:
    """Return the algorithm and the digest of Upload-Checksum, empty where there is none."""
    sent = request.headers.get("Upload-Checksum")
    if sent is None:
        return "", b""
    algorithm, _, digest = sent.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadRequest(f"Upload-Checksum names {algorithm[:20]!r}; it is one of {', '.join(ALGORITHMS)}.")
    return algorithm, decoded(digest, "Upload-Checksum")


def facts(upload: Upload) -> dict[str, str]:
    """Return the headers that say how far an upload is."""
    return {
        "Upload-Offset": str(resumable.offset_of(upload)),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
    }


def said_of(upload: Upload) -> str:
    """Return an upload's metadata as tus writes them."""
    values = {"filename": upload.name, "system": upload.system or ""}
    pairs = (f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in values.items() if text)
    return ",".join(pairs)


@blp.route("")
class ResumableList(MethodView):
    """The route that begins resumable uploads."""

    @named("describe_resumable_uploads")
    @blp.response(
        204,
        headers=response_headers("Tus-Version", "Tus-Extension", "Tus-Checksum-Algorithm", "Tus-Max-Size"),
    )
    @blp.doc(security=[])
    @error_responses()
    def options(self) -> Any:
        """Say what of tus is spoken here."""
        return Response(
            status=204,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
                "Tus-Max-Size": str(most_bytes(None)),
            },
        )

    @named("create_resumable_upload")
    @blp.response(201, headers=response_headers("Location", "Upload-Expires", "Idempotency-Replayed"))
    @request_headers(blp, "Tus-Resumable", "Upload-Length", "Upload-Metadata", "Idempotency-Key")
    @error_responses(400, 401, 409, 411, 412, 413, 415, 422, 503)
    def post(self) -> Any:
        """Begin a resumable upload."""
        check_version()
        size, described = number("Upload-Length"), metadata()
        asked = json.dumps([size, described], sort_keys=True).encode()
        with claim_key(asked, made=Upload.id) as claim:
            upload: Any = claim.earlier or resumable.create(
                size, name=described.get("filename"), system=described.get("system"), upload_id=claim.job_id
            )
        where = url_for("resumable.ResumableUpload", upload_id=upload.id)
        return Response(status=201, headers={"Location": where, **facts(upload)})


@blp.route("/<uuid:upload_id>")
class ResumableUpload(MethodView):
    """One resumable upload."""

    @named("measure_resumable_upload")
    @blp.response(
        200, headers=response_headers("Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires")
    )
    @request_headers(blp, "Tus-Resumable")
    @error_responses(401, 404, 410, 412, 503)
    def head(self, upload_id: UUID) -> Any:
        """Say how many bytes of an upload are here."""
        upload = service.find(upload_id)
        check_version()
        headers = {"Upload-Length": str(upload.size), "Upload-Metadata": said_of(upload), **facts(upload)}
        return Response(status=200, headers=headers)

    @named("append_to_resumable_upload")
    @blp.response(204, headers=response_headers("Upload-Offset", "Upload-Expires"))
    @blp.doc(
        requestBody={
            "required": True,
            "content": {BODY: {"schema": {"type": "string", "format": "binary"}, "example": ""}},
        }
    )
    @request_headers(blp, "Tus-Resumable", "Upload-Offset", "Upload-Checksum")
    @error_responses(400, 401, 404, 409, 410, 411, 412, 413, 415, 423, 460, 503)
    def patch(self, upload_id: UUID) -> Any:
        """Go on with an upload from where it is."""
        service.find(upload_id)
        check_version()
        upload = resumable.append(upload_id, _sent())
        return Response(status=204, headers=facts(upload))

    @named("abandon_resumable_upload")
    @blp.response(204)
    @request_headers(blp, "Tus-Resumable")
    @error_responses(401, 404, 409, 412, 503)
    def delete(self, upload_id: UUID) -> Any:
        """Give an upload up, and erase what there is of it."""
        service.find_any(upload_id)
        check_version()
        erasing.remove(upload_id)
        return Response(status=204)

    @named("override_method_of_resumable_upload")
    @blp.response(
        204,
        description="bytes were added, as by PATCH, or the upload erased, as by DELETE",
        headers=response_headers("Upload-Offset", "Upload-Expires"),
    )
    @blp.alt_response(
        200,
        description="how far the upload is, as by HEAD",
        headers=response_headers("Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires"),
        success=True,
    )
    @request_headers(blp, "X-HTTP-Method-Override", "Tus-Resumable")
    @error_responses(400, 401, 404, 405, 409, 410, 411, 412, 413, 415, 423, 460, 503)
    def post(self, upload_id: UUID) -> Any:
        """Do what PATCH, HEAD or DELETE does, where a proxy or a client has none of these."""
        service.find_any(upload_id)
        methods = {"PATCH": self.patch, "HEAD": self.head, "DELETE": self.delete}
        named = request.headers.get("X-HTTP-Method-Override", "").upper()
        if named not in methods:
            raise MethodNotAllowed(
                [*methods, "OPTIONS"],
                f"POST at an upload needs X-HTTP-Method-Override: {', '.join(methods)}; "
                f"it is {named[:20]!r}.",
            )
        return methods[named](upload_id)


def _sent() -> Sent:
    """Return what a request says of the bytes that it sends; its body is read up to that length only."""
    if request.mimetype != BODY:
        raise UnsupportedType(f"The body is {request.mimetype[:64] or 'of no type'}; send {BODY}.")
    if request.content_length is None:
        raise LengthRequired("The body does not say how long it is; send Content-Length.")
    algorithm, digest = checksum()
    return Sent(number("Upload-Offset"), request.content_length, algorithm, digest)
