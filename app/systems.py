"""The one registration: every system that the service has."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from app import accidents, documents, mood, personality, reviews
from app.setting_values import SettingError

if TYPE_CHECKING:
    from app.system import System

SYSTEMS: tuple[System, ...] = (
    accidents.SYSTEM,
    documents.SYSTEM,
    mood.SYSTEM,
    personality.SYSTEM,
    reviews.SYSTEM,
)


def load(names: tuple[str, ...]) -> tuple[System, ...]:
    """Return further systems by their `package.module:NAME`."""
    return tuple(_load(name) for name in names)


def _load(name: str) -> System:
    """Return one further system; raise SettingError when there is none of that name."""
    module, _, attribute = name.partition(":")
    try:
        return cast("System", getattr(import_module(module), attribute))
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingError(
            f"EXTRA_SYSTEMS has {name!r}, which cannot be loaded ({error}); it is package.module:NAME"
        ) from error
