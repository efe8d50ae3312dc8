"""Which version of a system's model answers a job: the live versions, their shares of traffic, their cards.

A version is a folder `weights/<version>/` with a `card.toml` beside the system's tasks. Without a word
in MODEL_VERSIONS the version answers whose name sorts last. All of it is read as files: the web process
shows and chooses versions, and never imports what computes.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.machinery import PathFinder
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import current_app

from app.setting_values import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from flask import Flask

    from app.config import Settings
    from app.system import System

NONE = ""  # the one version of a system without weights
WHOLE = Decimal(100)
PERCENT = re.compile(r"\d{1,3}(\.\d{1,3})?\Z")
EXAMPLE = "MODEL_VERSIONS is written as `reviews=small:90,minilm:10;accidents=2026.11`"


@dataclass(frozen=True)
class Share:
    """A live version and the share, 0..1, of the jobs that it answers."""

    version: str
    share: float


def choose(system: str, job_id: UUID) -> str:
    """Return the version that answers a job: always the same one for one id, in every process.

    A system that is not known here has none, as one without weights.
    """
    return pick(live(system), job_id)


def pick(shares: Sequence[Share], job_id: UUID) -> str:
    """Return the version into whose share a job's id falls."""
    point = int.from_bytes(hashlib.sha256(job_id.bytes).digest()[:8]) / 2**64
    bounds = accumulate(share.share for share in shares)
    fit = (share.version for share, bound in zip(shares, bounds, strict=True) if point < bound)
    return next(fit, shares[-1].version)  # the last one's bound may be a hair below 1


def live(system: str) -> tuple[Share, ...]:
    """Return a system's live versions with their shares, which add up to 1."""
    plans = cast("Mapping[str, tuple[Share, ...]]", current_app.extensions["assay_versions"])
    return plans.get(system, (Share(NONE, 1.0),))


@cache
def versions_of(worker: str) -> tuple[str, ...]:
    """Return the names of the versions that a worker's package holds, sorted."""
    folder = _folder(worker)
    return tuple(sorted(path.parent.name for path in folder.glob("*/card.toml"))) if folder else ()


@cache
def card(worker: str, version: str) -> Mapping[str, Any]:
    """Return a version's card as it is written; raise KeyError when there is none."""
    folder = _folder(worker)
    if folder is None or version not in versions_of(worker):
        raise KeyError(version)
    return tomllib.loads((folder / version / "card.toml").read_text(encoding="utf-8"))


def _folder(worker: str) -> Path | None:
    """Return where a worker's package keeps its versions; found without importing any of it."""
    places = None
    for name in accumulate(worker.split("."), "{}.{}".format):
        spec = PathFinder.find_spec(name, places)
        if spec is None or spec.submodule_search_locations is None:
            return None
        places = list(spec.submodule_search_locations)
    return Path(places[0]) / "weights" if places else None


def default(system: System) -> str:
    """Return the version that answers where nothing is said: the one whose name sorts last."""
    return (versions_of(system.worker) or (NONE,))[-1]


def plan(text: str, systems: Mapping[str, System]) -> dict[str, tuple[Share, ...]]:
    """Return each system's live versions, as MODEL_VERSIONS says or by default.

    Raises:
        SettingError: it names what there is not, or shares that are no whole.

    """
    plans: dict[str, tuple[Share, ...]] = {
        name: (Share(default(system), 1.0),) for name, system in systems.items()
    }
    named: set[str] = set()
    for part in filter(None, map(str.strip, text.split(";"))):
        name, percent = _pair(part, "=")
        if name not in systems:
            raise SettingError(f"{EXAMPLE}; there is no system {name!r}, but {', '.join(sorted(systems))}")
        if name in named:
            raise SettingError(f"{EXAMPLE}; {name} is named twice")
        named.add(name)
        plans[name] = _shares(systems[name], percent)
    return plans


def _pair(text: str, sign: str) -> tuple[str, str]:
    """Return what stands before and after a sign."""
    before, _, after = text.partition(sign)
    return before.strip(), after.strip()


def _shares(system: System, text: str) -> tuple[Share, ...]:
    """Return one system's shares; a version that stands alone needs no figure."""
    pairs = [_pair(part, ":") for part in text.split(",")]
    if len(pairs) == 1:
        pairs = [(version, percent or "100") for version, percent in pairs]
    names = versions_of(system.worker)
    for version, percent in pairs:
        if version not in names:
            has = ", ".join(names) or "none"
            raise SettingError(f"{EXAMPLE}; {system.name} has no version {version!r}; it has: {has}")
        if not PERCENT.match(percent) or not Decimal(percent):
            raise SettingError(
                f"{EXAMPLE}; the share of {system.name}'s {version} is {percent!r}, "
                "not a percentage above 0 such as 10 or 0.5"
            )
    return _whole(system, [(version, Decimal(percent)) for version, percent in pairs])


def _whole(system: System, pairs: Sequence[tuple[str, Decimal]]) -> tuple[Share, ...]:
    """Return shares that name each version once and add up to all."""
    total = sum(percent for _, percent in pairs)
    if total != WHOLE:
        raise SettingError(f"{EXAMPLE}; the shares of {system.name} add up to {total}, not to 100")
    if len({version for version, _ in pairs}) < len(pairs):
        raise SettingError(f"{EXAMPLE}; a version of {system.name} is named twice")
    return tuple(Share(version, float(percent / WHOLE)) for version, percent in pairs)


def init_app(app: Flask) -> None:
    """Read MODEL_VERSIONS for an app's systems; raise SettingError when it is wrong."""
    config = cast("Settings", app.config["SETTINGS"])
    app.extensions["assay_versions"] = plan(config.model_versions, app.config["SYSTEMS"])
