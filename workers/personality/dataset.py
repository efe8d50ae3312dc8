"""A folder of pictures and a CSV of what raters said of the faces in them.

A CSV has a column that names the picture (`file`, `image` or `stimulus`, with or without its ending)
and either the five traits or the mean ratings of the One Million Impressions data set, out of which
PROXIES makes traits. All of a CSV is 0..1, or all of it 0..100 where a value is above 1. `subject`, if
there, says who is shown: no one is both trained on and tested on.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.personality.faces import TRAITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Matrix = npt.NDArray[np.float64]

NAMES = ("file", "image", "stimulus")
ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".gif"}
# trait -> the ratings whose mean stands for it; a name behind a minus counts from its other end
PROXIES: Mapping[str, tuple[str, ...]] = {
    "openness": ("memorable", "smart"),
    "conscientiousness": ("well-groomed", "alert"),
    "extraversion": ("outgoing",),
    "agreeableness": ("trustworthy",),
    "neuroticism": ("-happy", "-alert"),
}
AUDITED = ("gender", "age", "skin-color", "happy")  # held beside the predictions, never learnt from
FOLDS = 5


class DataError(ValueError):
    """Raised when a folder does not hold pictures and ratings of the faces in them."""


@dataclass(frozen=True)
class Rated:
    """Pictures, their subjects, their traits (n, 5), and the ratings that are only audited."""

    paths: tuple[Path, ...]
    subjects: tuple[str, ...]
    traits: Matrix
    audited: Mapping[str, Matrix] = field(default_factory=dict)

    def of(self, kept: npt.NDArray[np.intp]) -> Rated:
        """Return the rows of some indexes."""
        return Rated(
            tuple(self.paths[i] for i in kept),
            tuple(self.subjects[i] for i in kept),
            self.traits[kept],
            {name: values[kept] for name, values in self.audited.items()},
        )

    def folds(self) -> npt.NDArray[np.intp]:
        """Return the fold of each row, by its subject."""
        return np.array([zlib.crc32(f"fold/{subject}".encode()) % FOLDS for subject in self.subjects])


def load(data: Path) -> Rated:
    """Return the rated pictures of the first CSV below a folder that has traits.

    Raises:
        DataError: there is none, or a row of it names no picture or has an unusable value.

    """
    for path in sorted(data.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            names = set(reader.fieldnames or ())
            if set(NAMES) & names and (set(TRAITS) <= names or _ratings() <= names):
                return _rated(data, path, list(reader))
    raise DataError(
        f"{data}: no .csv with one of {', '.join(NAMES)} and the columns {', '.join(TRAITS)}"
        f" (or {', '.join(sorted(_ratings()))})"
    )


def _ratings() -> set[str]:
    """Return the ratings that the proxies need."""
    return {name.removeprefix("-") for names in PROXIES.values() for name in names}


def _rated(data: Path, path: Path, rows: Sequence[Mapping[str, str]]) -> Rated:
    if not rows:
        raise DataError(f"{path}: no rows below the header")
    key = next(name for name in NAMES if name in rows[0])
    pictures = _pictures(data)
    direct = set(TRAITS) <= set(rows[0])
    wanted = TRAITS if direct else tuple(sorted(_ratings()))
    present = tuple(name for name in AUDITED if name in rows[0])
    columns = {name: _column(path, rows, name) for name in dict.fromkeys((*wanted, *present))}
    top = 100.0 if max(columns[name].max() for name in wanted) > 1 else 1.0
    columns = {name: values / top for name, values in columns.items()}
    traits = [columns[trait] if direct else _proxy(columns, trait) for trait in TRAITS]
    paths = tuple(_picture(path, pictures, row[key]) for row in rows)
    for trait, values in zip(TRAITS, traits, strict=True):
        if not values.std() > 0:
            raise DataError(
                f"{path.name}: {trait} is the same in all {len(rows)} rows; nothing can be fitted"
            )
    return Rated(
        paths,
        tuple(row.get("subject") or row[key] for row in rows),
        np.stack(traits, 1),
        {name: columns[name] for name in present},
    )


def _proxy(columns: Mapping[str, Matrix], trait: str) -> Matrix:
    parts = [1 - columns[name[1:]] if name.startswith("-") else columns[name] for name in PROXIES[trait]]
    return np.asarray(np.mean(parts, 0))


def _column(path: Path, rows: Sequence[Mapping[str, str]], name: str) -> Matrix:
    values = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            values[i] = float(row[name])
        except (TypeError, ValueError):
            raise DataError(f"{path.name}, row {i + 1}: {name} is {row[name]!r}, expected a number") from None
        if not 0 <= values[i] <= 100:  # noqa: PLR2004
            raise DataError(f"{path.name}, row {i + 1}: {name} is {row[name]!r}, expected 0..1 or 0..100")
    return values


def _pictures(data: Path) -> dict[str, Path]:
    """Return the pictures below a folder by their path from it, their name, and that without its ending."""
    paths: dict[str, Path] = {}
    for path in sorted(data.rglob("*")):
        if path.suffix.lower() in ENDINGS:
            for name in (path.stem, path.name, str(path.relative_to(data))):
                paths.setdefault(name, path)
    return paths


def _picture(path: Path, pictures: Mapping[str, Path], name: str) -> Path:
    if name not in pictures:
        raise DataError(f"{path.name} names {name!r}, and there is no such picture")
    return pictures[name]
