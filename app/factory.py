"""The application, put together of its parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from app import (
    cache,
    cli,
    cors,
    errors,
    extensions,
    health,
    logs,
    metrics,
    openapi,
    retention,
    security,
    versions,
)
from app.auth.commands import keys
from app.auth.service import protect
from app.config import Settings
from app.jobs import clock, erasing, routes
from app.model_cards import routes as model_cards
from app.process import routes as process
from app.results import routes as results
from app.systems import SYSTEMS, load
from app.uploads import routes as uploads
from app.uploads import tus
from app.uploads.service import erase_of_job

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
    for part in (versions, retention, extensions, errors, logs, security, cors, metrics, cache):
        part.init_app(app)
    api = openapi.make_api(app)
    for probe in (health.blp, metrics.blp):
        api.register_blueprint(probe)
    shared: tuple[Any, ...] = (routes.blp, model_cards.blp, uploads.blp, tus.blp, process.blp, results.blp)
    blueprints = (*shared, *(each for system in systems for each in system.blueprints))
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    erasing.register(app, erase_of_job)
    protect(app, frozenset(blueprint.name for blueprint in blueprints))
    openapi.correct(api)
    app.cli.add_command(keys)
    app.cli.add_command(clock.clock)
    cli.register(app)
    return app
