"""The one registration: every system that the service has."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from app import accidents, reviews

if TYPE_CHECKING:
    from app.system import System

SYSTEMS: tuple[System, ...] = (accidents.SYSTEM, reviews.SYSTEM)


def load(names: tuple[str, ...]) -> tuple[System, ...]:
    """Return further systems by their `package.module:NAME`."""
    pairs = (name.split(":", 1) for name in names)
    return tuple(getattr(import_module(module), attribute) for module, attribute in pairs)
