"""The entry point of gunicorn and of the `flask` command."""

from __future__ import annotations

import os
import sys

from gunicorn.errors import AppImportError

from app import create_app
from app.cli import standalone
from app.setting_values import SettingError

served = "SERVER_SOFTWARE" in os.environ  # set by gunicorn: this process serves

try:
    app = (None if served else standalone(sys.argv[1:])) or create_app()
    if served:
        from app.telemetry import logs

        app.config["SETTINGS"].check_serving()
        logs.configure(app.config["SETTINGS"].log_level, "web")
        if app.config["SETTINGS"].dashboard_in_web:
            from app.telemetry import dashboard

            dashboard.mount(app)
except SettingError as error:
    if served:  # after this, gunicorn starts no further worker
        raise AppImportError(f"Error: {error}") from None
    sys.exit(f"Error: {error}")
