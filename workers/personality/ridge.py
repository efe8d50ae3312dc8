"""Ridge regression in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


def fit(figures: Matrix, targets: Matrix, *, penalty: float, weights: Matrix) -> tuple[Matrix, Matrix]:
    """Return coefficients (width, t) and intercepts (t,) for targets (n, t) by figures (n, width).

    `weights` (n,) say how much each row counts. Intercepts are not penalised.
    """
    share = weights / weights.sum()
    mean, level = share @ figures, share @ targets
    centred = (figures - mean) * np.sqrt(weights)[:, None]
    gram = centred.T @ centred
    gram[np.diag_indices_from(gram)] += penalty
    coefficients = np.linalg.solve(gram, centred.T @ ((targets - level) * np.sqrt(weights)[:, None]))
    return coefficients, level - mean @ coefficients
