"""The pages for people: where to go from here, and Swagger UI out of its installed package."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, render_template, send_from_directory

PAGES = Blueprint(
    "docs", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)
SWAGGER = files("flask_swagger_ui") / "dist"


@PAGES.route("/")
def show_home() -> Response:
    """Show where to go from here."""
    return Response(render_template("home.html"), content_type="text/html; charset=utf-8")


@PAGES.route("/docs")
def show_docs() -> Response:
    """Show Swagger UI."""
    page = Response(render_template("docs.html"), content_type="text/html; charset=utf-8")
    # Swagger UI sets style attributes while it draws; its scripts stay under 'self'.
    page.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return page


@PAGES.route("/docs/ui/<path:name>")
def serve_swagger(name: str) -> Response:
    """Serve a file of the installed Swagger UI."""
    return send_from_directory(str(SWAGGER), name, max_age=86400)
