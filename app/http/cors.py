"""Which scripts of other origins may call, and what of an answer they may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, Response
from flask_cors import CORS

if TYPE_CHECKING:
    from app.config import Settings

EXPOSED = [
    "Cache-Status",
    "Content-Disposition",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "WWW-Authenticate",
    "X-Request-ID",
]


def _vary(response: Response) -> Response:
    """Keep caches from giving one origin's answer to another."""
    response.vary.add("Origin")
    return response


def init_app(app: Flask) -> None:
    """Let the named origins call an app."""
    origins = cast("Settings", app.config["SETTINGS"]).cors_origins
    if origins:
        app.after_request(_vary)
        # Each is exact, see Settings: flask-cors would take a text with `*` or `[` for a regular expression.
        CORS(app, origins=list(origins), expose_headers=EXPOSED, always_send=False)
