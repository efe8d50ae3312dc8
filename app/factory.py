"""The application, put together of its parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from app import cli, extensions
from app.auth.commands import keys
from app.auth.service import protect
from app.config import Settings
from app.files.jobs import results_routes as results
from app.files.jobs import routes as process
from app.files.uploads import routes as uploads
from app.files.uploads import tus
from app.files.uploads.erasing import erase_of_job
from app.http import cors, headers, openapi, origins, problems
from app.jobs import deletion_hooks, idempotency, retention, routes
from app.jobs.realtime import cache
from app.maintenance import clock, runtime_role
from app.model_versions import routes as model_cards
from app.model_versions import selection
from app.systems import SYSTEMS, load
from app.telemetry import health, logs, metrics

if TYPE_CHECKING:
    from typing import Any

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def build(settings: Settings | None = None) -> Flask:
    """Return the application: clients bound, shared routes and every system mounted."""
    settings = settings or Settings.read()
    app = Flask(__name__, static_folder=None)
    systems = (*SYSTEMS, *load(settings.extra_systems))
    app.config |= {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "MIGRATIONS": MIGRATIONS,
        "SYSTEMS": {system.name: system for system in systems},
    }
    app.extensions["assay_principals"] = {}
    for part in (
        selection,
        retention,
        extensions,
        problems,
        logs,
        headers,
        origins,
        cors,
        metrics,
        cache,
        idempotency,
    ):
        part.init_app(app)
    api = openapi.make_api(app)
    for probe in (health.blp, metrics.blp):
        api.register_blueprint(probe)
    shared: tuple[Any, ...] = (routes.blp, model_cards.blp, uploads.blp, tus.blp, process.blp, results.blp)
    blueprints = (*shared, *(each for system in systems for each in system.blueprints))
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    deletion_hooks.register(app, erase_of_job)
    private = (each for each in blueprints if not getattr(each, "public", False))
    protect(app, frozenset(blueprint.name for blueprint in private))
    headers.read_bodies_in_time(app)
    openapi.correct(api)
    app.cli.add_command(keys)
    app.cli.add_command(clock.clock)
    app.cli.add_command(runtime_role.runtime_role)
    cli.register(app)
    for command in (each for system in systems for each in system.commands):
        app.cli.add_command(command)
    return app
