"""The fitted models of one version, read from its folder of JSON files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Self

from workers.mood.depression.model import ActivityModels
from workers.mood.deviation import DeviationModels
from workers.sdk.weights import live_folder, read_checked

if TYPE_CHECKING:
    from pathlib import Path

ACTIVITY, DEVIATION = "activity.json", "deviation.json"


@dataclass(frozen=True)
class Models:
    """What scores are made by."""

    deviation: DeviationModels
    activity: ActivityModels

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a folder's models, whose files the caller has checked."""
        activity, deviation = (
            json.loads((folder / name).read_text(encoding="utf-8")) for name in (ACTIVITY, DEVIATION)
        )
        return cls(DeviationModels.from_json(deviation), ActivityModels.from_json(activity))


@cache
def live_models() -> Models:
    """Return the newest version's models, checked against the card and read once per process."""
    folder = live_folder("mood")
    read_checked(folder)
    return Models.read(folder)
