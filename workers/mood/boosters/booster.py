"""A classifier that XGBoost boosted: read from JSON, UBJSON or a pickle, and predicted by ourselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from workers.mood.boosters import pickled, ubj
from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds
from workers.mood.logistic import probability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_BYTES = 256 * 1024 * 1024
OBJECTIVE = "binary:logistic"
LEAF = -1
PICKLE_STARTS = (b"\x80", b"(", b"c")


class BoosterError(ValueError):
    """Raised when a file is no binary XGBoost classifier, with what it is instead."""


@dataclass(frozen=True)
class Tree:
    """One tree, each array (n_nodes,); a leaf has no children, and its value stands in `value`."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    value: npt.NDArray[np.float32]
    missing_left: npt.NDArray[np.bool_]

    def leaves(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the value of the leaf that each row comes to."""
        node = np.zeros(len(rows), dtype=np.int64)
        for _ in range(len(self.left)):
            inner = self.left[node] != LEAF
            if not inner.any():
                break
            at = node[inner]
            values = rows[inner, self.feature[at]]
            left = np.where(np.isnan(values), self.missing_left[at], values < self.value[at])
            node[inner] = np.where(left, self.left[at], self.right[at])
        return self.value[node]


@dataclass(frozen=True)
class Booster:
    """A binary classifier: log odds = `base` + the trees' leaves."""

    trees: tuple[Tree, ...]
    base: float
    n_features: int
    names: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a model's file, whatever its name.

        Raises:
            BoosterError: it is too large, no XGBoost model, or none of two classes.
            PickleRefused: it is a pickle with something else in it.

        """
        if path.stat().st_size > MOST_BYTES:
            raise BoosterError(f"{path.name} is larger than {MOST_BYTES} bytes")
        data = path.read_bytes()
        if data.startswith(PICKLE_STARTS):
            data = pickled.model_bytes(data)
        try:
            return cls._of(_document(data))
        except (KeyError, TypeError, IndexError, ubj.UbjError) as error:
            raise BoosterError(f"{path.name} is no XGBoost model: {error!r}") from error

    @classmethod
    def _of(cls, document: Mapping[str, Any]) -> Self:
        learner = document.get("Model", document)["learner"]
        objective = learner["objective"]["name"]
        if objective != OBJECTIVE:
            raise BoosterError(f"the objective is {objective!r}, expected {OBJECTIVE!r}")
        given = learner["learner_model_param"]
        share = float(str(given["base_score"]).strip("[]"))
        model = learner["gradient_booster"]["model"]
        return cls(
            tuple(_tree(each, int(given["num_feature"])) for each in model["trees"]),
            float(np.log(share / (1 - share))),
            int(given["num_feature"]),
            tuple(learner.get("feature_names", ())),
        )

    def probability(self, values: Matrix) -> Seconds:
        """Return the second class's probability of rows (n_rows, n_features), NaN for what is missing."""
        if values.shape[1] != self.n_features:
            raise BoosterError(f"rows have {values.shape[1]} features, the model {self.n_features}")
        rows = values.astype(np.float32)
        total = np.full(len(rows), self.base)
        for tree in self.trees:
            total += tree.leaves(rows)
        return probability(total)


def _document(data: bytes) -> Mapping[str, Any]:
    """Return a model's document from JSON or UBJSON."""
    try:
        document = json.loads(data) if data.lstrip()[:2] in {b'{"', b"{\n", b"{ "} else ubj.loads(data)
    except (ValueError, RecursionError) as error:
        raise BoosterError(f"neither JSON nor UBJSON: {error}") from error
    if not isinstance(document, dict):
        raise BoosterError(f"a {type(document).__name__} where a model is an object")
    return document


def _tree(stored: Mapping[str, Any], n_features: int) -> Tree:
    left, right = (np.array(stored[f"{side}_children"], dtype=np.int64) for side in ("left", "right"))
    feature = np.array(stored["split_indices"], dtype=np.int64)
    value = np.array(stored["split_conditions"], dtype=np.float32)
    missing = np.array(stored["default_left"], dtype=bool)
    if len({len(each) for each in (left, right, feature, value, missing)}) != 1 or not len(left):
        raise BoosterError("a tree's lists differ in length")
    inner = left != LEAF
    inside = (left[inner] > 0) & (left[inner] < len(left)) & (right[inner] > 0) & (right[inner] < len(left))
    if not inside.all() or not ((feature[inner] >= 0) & (feature[inner] < n_features)).all():
        raise BoosterError("a tree names a node or a feature that is not there")
    return Tree(left, right, feature, value, missing)
