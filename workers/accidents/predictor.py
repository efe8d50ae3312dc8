"""The severity of an accident: expected ECLO, its spread and its parts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from app.accidents.severity.values import BOUNDS
from workers.accidents.features import (
    ELEVEN,
    EXTENDED,
    FIELD,
    Accident,
    Codes,
    Matrix,
    as_columns,
    codes_of,
    encode,
    uses_optional,
)
from workers.sdk.predictor import BadInput, Card, Explanation, Predictor
from workers.sdk.weights import read_checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SETS: Mapping[str, tuple[str, ...]] = {"eleven": ELEVEN, "extended": EXTENDED}
MODELS = ("typical", "p10", "p90", "fatal", "serious", "minor", "reported")
FIGURES = ("eclo", "typical", "p10", "p90", "deaths", "serious", "minor", "reported", "p_fatal")
WEIGHTS_OF = {"deaths": 10, "serious": 5, "minor": 3, "reported": 1}  # the definition of ECLO

Vector = npt.NDArray[np.float64]
ENCODING = "encoding.json"


@dataclass(frozen=True, slots=True)
class Severity:
    """What is expected of one accident.

    `eclo` is the mean and equals 10 deaths + 5 serious + 3 minor + 1 reported, the expected
    numbers of people; `typical` is the geometric mean, nearer to the usual case; about 80 % of
    accidents like this lie in `p10`..`p90`; `p_fatal` is the probability of a death.
    """

    eclo: float
    typical: float
    p10: float
    p90: float
    deaths: float
    serious: float
    minor: float
    reported: float
    p_fatal: float


@dataclass(frozen=True)
class SeverityModels:
    """The LightGBM models: one set for the 11 fields, one for rows that know an optional field too.

    `deaths_per_fatal` is the mean number of deaths in a fatal accident.
    """

    boosters: Mapping[str, Mapping[str, lgb.Booster]]
    deaths_per_fatal: float

    def figures(self, matrix: Matrix) -> Matrix:
        """Return the figures of encoded accidents, of shape (n_rows, len(FIGURES))."""
        table = np.empty((len(matrix), len(FIGURES)))
        for kind, rows in _split(matrix):
            answers = {name: self._run(kind, name, matrix[rows]) for name in MODELS}
            table[rows] = combine(answers, deaths_per_fatal=self.deaths_per_fatal)
        return table

    def explanations(self, matrix: Matrix) -> list[Explanation]:
        """Return the contributions to log(1 + typical) of each row."""
        explained: dict[int, Explanation] = {}
        for kind, rows in _split(matrix):
            shares = self._run(kind, "typical", matrix[rows], pred_contrib=True)
            explained |= zip(rows.tolist(), (_explanation(SETS[kind], row) for row in shares), strict=True)
        return [explained[index] for index in range(len(matrix))]

    def _run(self, kind: str, name: str, matrix: Matrix, *, pred_contrib: bool = False) -> Matrix:
        rows = matrix[:, : len(SETS[kind])]
        # one thread: a forked child of a process with two OpenMP threads hangs
        answer = self.boosters[kind][name].predict(rows, pred_contrib=pred_contrib, num_threads=1)
        return np.asarray(answer)


class SeverityPredictor(Predictor[Accident, Severity]):
    """What is expected of an accident, by the fields that are known of it."""

    def __init__(self, card: Card, *, codes: Codes, models: SeverityModels) -> None:
        """Hold loaded models and the codes of the categories they were fitted with."""
        self.card = card
        self.codes = codes
        self.models = models

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return a predictor of the models in `folder`, their files checked against the card."""
        card = read_checked(folder)
        stored = json.loads((folder / ENCODING).read_text(encoding="utf-8"))
        boosters = {kind: {name: _booster(folder, kind, name) for name in MODELS} for kind in SETS}
        models = SeverityModels(boosters, stored["deaths_per_fatal"])
        return cls(card, codes=codes_of(stored["levels"]), models=models)

    def predict(self, batch: Sequence[Accident]) -> list[Severity]:
        """Return one severity per accident, in order."""
        table = self.models.figures(self._matrix(batch))
        return [Severity(*row) for row in table.tolist()]

    def explain(self, batch: Sequence[Accident]) -> list[Explanation]:
        """Return why `typical` is what it is.

        Base and contributions add up to log(1 + typical): a field's contribution c multiplies
        1 + typical by exp(c). Values are those of SHAP, exact for trees.
        """
        return self.models.explanations(self._matrix(batch))

    def _matrix(self, batch: Sequence[Accident]) -> Matrix:
        for index, accident in enumerate(batch):
            _check(index, accident)
        return encode(as_columns(batch), self.codes)


def file_name(kind: str, name: str) -> str:
    """Return the name of one model's file."""
    return f"{kind}-{name}.txt"


def combine(answers: Mapping[str, Vector], *, deaths_per_fatal: float) -> Matrix:
    """Return the figures that follow from the models' answers, of shape (n_rows, len(FIGURES)).

    The mean is the weighted sum of its parts, so that the two never disagree. Every accident
    of the data hurt somebody: ECLO is at least 1.
    """
    parts = {**answers, "deaths": answers["fatal"] * deaths_per_fatal}
    eclo = sum((weight * parts[name] for name, weight in WEIGHTS_OF.items()), start=np.float64(0))
    typical = np.maximum(np.expm1(answers["typical"]), 1.0)
    p10 = np.clip(answers["p10"], 1.0, typical)
    p90 = np.maximum(answers["p90"], typical)
    people = [parts[name] for name in WEIGHTS_OF]
    return np.column_stack([eclo, typical, p10, p90, *people, answers["fatal"]])


def _booster(folder: Path, kind: str, name: str) -> lgb.Booster:
    return lgb.Booster(model_file=folder / file_name(kind, name))


def _split(matrix: Matrix) -> list[tuple[str, npt.NDArray[np.intp]]]:
    """Return the sets of models that are needed and the rows for each."""
    more = uses_optional(matrix)
    parts = [("eleven", np.flatnonzero(~more)), ("extended", np.flatnonzero(more))]
    return [(kind, rows) for kind, rows in parts if len(rows)]


def _check(index: int, accident: Accident) -> None:
    for name, (low, high) in BOUNDS.items():
        value = getattr(accident, name)
        if not isinstance(value, int) or not low <= value <= high:
            raise BadInput(index, f"{name} is {value!r}, expected a whole number in {low}..{high}")


def _explanation(names: Sequence[str], shares: Vector) -> Explanation:
    """Return the contributions by field, largest first; the last share is the base."""
    by_field: dict[str, float] = {}
    for name, share in zip(names, shares[:-1].tolist(), strict=True):
        field = FIELD.get(name, name)
        by_field[field] = by_field.get(field, 0.0) + share
    ranked = sorted(by_field.items(), key=lambda item: -abs(item[1]))
    return Explanation(base=float(shares[-1]), contributions=tuple(ranked))
