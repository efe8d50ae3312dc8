"""What a head's answers go with that they should not: gender, age, skin and smile, as raters saw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.personality import measures
from workers.personality.faces import TRAITS

if TYPE_CHECKING:
    from collections.abc import Mapping

Matrix = npt.NDArray[np.float64]

MOST_GAP = 0.25  # SD of a trait, between the errors of the outer thirds; above, the audit fails


def audit(predicted: Matrix, rated: Matrix, audited: Mapping[str, Matrix]) -> dict[str, Any]:
    """Return correlations with audited ratings, gaps of errors between their outer thirds, and halo.

    `gaps` are mean errors (predicted - rated) in the upper third less those in the lower, in SD
    of the rated trait. `halo` is r of each predicted trait (rows) with each rated one (columns),
    `halo_of_raters` that of the ratings among themselves.
    """
    gaps = {name: _gaps(predicted, rated, values) for name, values in audited.items()}
    worst = max((abs(gap) for each in gaps.values() for gap in each.values()), default=0.0)
    return {
        "largest_gap": worst,
        "passed": worst <= MOST_GAP,
        "r_predicted": {name: _with(predicted, values) for name, values in audited.items()},
        "r_rated": {name: _with(rated, values) for name, values in audited.items()},
        "gaps": gaps,
        "halo": _matrix(predicted, rated),
        "halo_of_raters": _matrix(rated, rated),
    }


def _with(traits: Matrix, values: Matrix) -> dict[str, float]:
    """Return r of each trait with one rating."""
    return _named(measures.correlations(traits, np.tile(values[:, None], len(TRAITS))))


def _gaps(predicted: Matrix, rated: Matrix, values: Matrix) -> dict[str, float]:
    low, high = np.quantile(values, [1 / 3, 2 / 3])
    errors = (predicted - rated) / rated.std(0)
    return _named(errors[values >= high].mean(0) - errors[values <= low].mean(0))


def _matrix(rows: Matrix, columns: Matrix) -> list[list[float]]:
    width = rows.shape[1]
    matrix: list[list[float]] = np.corrcoef(rows, columns, rowvar=False)[:width, width:].round(3).tolist()
    return matrix


def _named(values: Matrix) -> dict[str, float]:
    return dict(zip(TRAITS, np.round(values, 3).tolist(), strict=True))
