"""rq-dashboard as its own process: for admins, read-only, under a policy of ours.

rq-dashboard writes what it finds in Redis into its pages unescaped, requeues by
GET, and unpickles. So every method but GET is refused, the requeue routes are
closed, its templates are corrected as they are loaded, and `app.jobs.queue.rq`
has taken pickle out of RQ.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, cast

import rq_dashboard
from flask import Flask, Response, g, redirect, request
from jinja2 import BaseLoader, Environment
from rq.exceptions import NoSuchJobError
from rq.serializers import JSONSerializer
from rq_dashboard import web
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import extensions
from app.auth.service import principal, require_admin
from app.config import Settings
from app.http import headers, origins, problems
from app.http.errors import AssayError, Forbidden, Invalid, NotFound, Unauthorized
from app.http.problems import problem
from app.jobs.queue.rq import ClosedJob, Refused
from app.telemetry import logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

METHODS = {"GET", "HEAD"}


class CorrectingLoader(BaseLoader):
    """Loads rq-dashboard's templates with escaped output and a nonce on every script."""

    def __init__(self, loader: BaseLoader) -> None:
        self.loader = loader

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return a template with underscore's raw `<%=` turned into its escaping `<%-`."""
        source, name, fresh = self.loader.get_source(environment, template)
        source = source.replace("<%=", "<%-")
        return re.sub(r"<script\b", '<script nonce="{{ nonce() }}"', source), name, fresh


def mount(app: Flask) -> None:
    """Serve the dashboard under /rq of another application, where one port is all that is routed."""
    dashboard = create_dashboard(app.config["SETTINGS"], own_process=False)
    served = DispatcherMiddleware(app.wsgi_app, {"/rq": dashboard.wsgi_app})
    app.wsgi_app = served  # type: ignore[method-assign]


def create_dashboard(settings: Settings | None = None, *, own_process: bool = True) -> Flask:
    """Return the dashboard's application, under /rq of its own process, else at its root.

    Raises:
        SettingError: it would be open to the world.

    """
    settings = settings or Settings.read()
    settings.check_serving()
    if own_process:
        logs.configure(settings.log_level, "dashboard")
    app = Flask("assay_dashboard", static_folder=Path(rq_dashboard.__file__).parent / "static")
    url = settings.dashboard_redis_url or settings.redis_url
    app.config |= {
        "SETTINGS": settings,
        "RQ_DASHBOARD_REDIS_URL": [url],
        "RQ_DASHBOARD_POLL_INTERVAL": 2500,
        "RQ_DASHBOARD_WEB_BACKGROUND": "white",
        "RQ_DASHBOARD_DISABLE_DELETE": True,
    }
    app.extensions["assay_principals"] = {}
    for part in (extensions, problems, logs, headers, origins):
        part.init_app(app)
    app.register_error_handler(Exception, fail)
    app.redis_conn = extensions.make_redis(url, config=settings)  # type: ignore[attr-defined]
    web.config.serializer, web.Job = JSONSerializer, ClosedJob
    app.before_request(guard)
    app.after_request(set_policy)
    app.register_blueprint(rq_dashboard.blueprint, url_prefix="/rq" if own_process else "")
    app.jinja_env.loader = CorrectingLoader(cast("BaseLoader", app.jinja_env.loader))
    app.jinja_env.globals["nonce"] = nonce
    if own_process:
        app.add_url_rule("/", "home", lambda: redirect("/rq/"))
    return app


def nonce() -> str:
    """Return the word that allows this answer's scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def guard() -> None:
    """Let admins look, and nobody change anything.

    Raises:
        Unauthorized: no valid key; the browser is asked for one as a password.
        Forbidden: a key without the role, or a request that would change something.

    """
    try:
        principal(basic=True)
    except Unauthorized as error:
        error.headers["WWW-Authenticate"] = 'Basic realm="assay: any name, and an admin key as password"'
        raise
    require_admin()
    if request.method not in METHODS or "/requeue" in request.path:
        refusal = Forbidden("The dashboard is read-only; use /api/v1/jobs to cancel or retry a job.")
        refusal.status, refusal.code = 405, "read_only"
        refusal.headers["Allow"] = "GET, HEAD"
        raise refusal


def set_policy(response: Response) -> Response:
    """Allow what rq-dashboard's own page needs: its scripts by nonce, its templates' eval."""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce()}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return response


def fail(error: Exception) -> BaseResponse:
    """Answer every failure with a problem; what Redis holds may be anything."""
    if isinstance(error, NoSuchJobError):
        error = NotFound("There is no such job in Redis; /api/v1/jobs knows those that have ended.")
    if isinstance(error, Refused | UnicodeDecodeError):
        error = Invalid(f"What Redis holds there is no job of ours: {error}.", code="refused")
    if isinstance(error, AssayError):
        return problem(error)
    return (
        problem(problems.from_http(error)) if isinstance(error, HTTPException) else problems.unexpected(error)
    )
