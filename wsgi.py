"""The entry point of gunicorn and of the `flask` command."""

from __future__ import annotations

import os

from app import create_app, logs

app = create_app()

if "SERVER_SOFTWARE" in os.environ:  # set by gunicorn: this process serves
    app.config["SETTINGS"].check_serving()
    logs.configure(app.config["SETTINGS"].log_level, "web")
