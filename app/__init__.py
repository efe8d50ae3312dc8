"""Assay: one service that asks five analyses of workers, and keeps what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application: clients bound, shared routes and every system mounted."""
    # Here, so that gunicorn's main process and the stack can read the settings and load nothing else.
    from app.server.collector import gc_paused  # noqa: PLC0415

    with gc_paused():
        from app.factory import build  # noqa: PLC0415

        return build(settings)
