"""What the boosters of Lim et al. 2024 say of a history, where a user has brought their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.mood.boosters.booster import Booster, BoosterError
from workers.mood.feature_table import NAMES_36, features_table
from workers.mood.features.windows import Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workers.mood.days import History

FILES = {"depression": "XGBoost_DE", "hypomanic": "XGBoost_HME", "mania": "XGBoost_ME"}
ENDINGS = (".json", ".ubj", ".pkl")


def read_boosters(folder: Path) -> Mapping[str, Booster]:
    """Return the boosters of a folder by risk.

    Raises:
        BoosterError: one is missing, or was fitted on other features.

    """
    return {risk: _read(folder, name) for risk, name in FILES.items()}


def paper_risks(
    history: History, boosters: Mapping[str, Booster], *, retrospective: bool = False
) -> Mapping[str, Seconds]:
    """Return each booster's probability for each of a history's days, NaN on those without sleep.

    The paper's Z-scores know the whole history: with `retrospective` these do too.
    """
    columns, rows = features_table(history, retrospective=retrospective)
    first = columns.index(NAMES_36[0])
    cells = [
        [np.nan if cell is None else cell for cell in row[first : first + len(NAMES_36)]] for row in rows
    ]
    values = np.array(cells, dtype=np.float64).reshape(-1, len(NAMES_36))
    slept = ~np.isnan(values).all(axis=1)
    return {risk: np.where(slept, each.probability(values), np.nan) for risk, each in boosters.items()}


def _read(folder: Path, name: str) -> Booster:
    for ending in ENDINGS:
        path = folder / f"{name}{ending}"
        if path.is_file():
            booster = Booster.read(path)
            if booster.n_features != len(NAMES_36) or (booster.names and booster.names != NAMES_36):
                raise BoosterError(f"{path.name} was not fitted on the 36 features in their order")
            return booster
    raise BoosterError(f"{folder} has no {name}{' or '.join(ENDINGS)}")
