"""For how many days results and uploads are kept: a system's own time, else that of all.

What the operator says of a system by its name (SYSTEM_RETENTION_DAYS) goes before what the system
says of itself, and that before RETENTION_DAYS; so for uploads, by the system that they were sent for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import current_app
from sqlalchemy import case, literal

from app.extensions import settings
from app.jobs.models import Job
from app.setting_values import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from app.config import Settings
    from app.system import System

DAYS = re.compile(r"[1-9]\d{0,4}\Z", re.ASCII)


@dataclass(frozen=True)
class Plan:
    """The days of the systems that have a time of their own."""

    results: Mapping[str, int]
    uploads: Mapping[str, int]


def results_days(system: str) -> int:
    """Return the days for which a finished job of a system is kept."""
    return _plan().results.get(system, settings().retention_days)


def uploads_days(system: str | None) -> int:
    """Return the days for which a file is kept that was sent for a system, or for none in particular."""
    return _plan().uploads.get(system or "", settings().upload_retention_days)


def results_time() -> Any:
    """Return the SQL for the time that a job is kept, by its system."""
    rest = literal(timedelta(days=settings().retention_days))
    own = {name: literal(timedelta(days=days)) for name, days in _plan().results.items()}
    return case(own, value=Job.system, else_=rest) if own else rest


def _plan() -> Plan:
    return cast("Plan", current_app.extensions["assay_retention"])


def plan(config: Settings, systems: Mapping[str, System]) -> Plan:
    """Return the days that systems have of their own.

    Raises:
        SettingError: it names a system that there is not, or what is no number of days.

    """
    results = {name: system.retention_days for name, system in systems.items()}
    uploads = {name: system.files.retention_days for name, system in systems.items() if system.files}
    settings = {
        "system_retention_days": (results, "has results"),
        "system_upload_retention_days": (uploads, "reads files"),
    }
    for setting, (days, what) in settings.items():
        days.update(_days_of(setting.upper(), getattr(config, setting), allowed=days, what=what))
    return Plan(*({name: each for name, each in days.items() if each} for days in (results, uploads)))


def _days_of(variable: str, text: str, *, allowed: Mapping[str, Any], what: str) -> dict[str, int]:
    """Return the days that a setting says, by system."""
    numbers: dict[str, int] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, days = (each.strip() for each in part.partition("="))
        if name not in allowed:
            systems = ", ".join(sorted(allowed))
            raise SettingError(f"{variable} names {name!r}, and no such system {what}; these do: {systems}")
        if name in numbers:
            raise SettingError(f"{variable} names {name} twice")
        if not DAYS.match(days):
            raise SettingError(
                f"{variable} keeps {name} for {days!r}; write whole days from 1, as `{name}=7`"
            )
        numbers[name] = int(days)
    return numbers


def init_app(app: Flask) -> None:
    """Read how long an app's systems keep what they have; raise SettingError when a setting is wrong."""
    app.extensions["assay_retention"] = plan(app.config["SETTINGS"], app.config["SYSTEMS"])
