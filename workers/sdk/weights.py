"""Find a model's folder and check its files against the card before they are loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workers.sdk.predictor import Card

CARD = "card.toml"
WEIGHTS = Path(__file__).parents[1]  # workers/<system>/weights/<version>/


class WeightsError(Exception):
    """Raised when a model's files are missing or are not those of its card."""


def model_folder(system: str, version: str) -> Path:
    """Return the folder of one version of a system's model."""
    folder = WEIGHTS / system / "weights" / version
    if not (folder / "card.toml").is_file():
        versions = sorted(p.parent.name for p in folder.parent.glob("*/card.toml"))
        raise WeightsError(f"no model {system}/{version}; there are: {', '.join(versions) or 'none'}")
    return folder


def live_folder(system: str) -> Path:
    """Return the folder of the version that answers: the newest one."""
    cards = sorted((WEIGHTS / system / "weights").glob("*/card.toml"))
    if not cards:
        raise WeightsError(f"{system} has no weights; `flask train {system} --data DIR` makes them")
    return cards[-1].parent


def file_sha256(path: Path) -> str:
    """Return a file's sha256 in hex, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def combined_sha256(files: Mapping[str, str]) -> str:
    """Return one sha256 for a set of files: that of their sorted names and sums."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_checked(folder: Path) -> Card:
    """Return the folder's card once every file it names has the sum it names.

    Raises:
        WeightsError: a file is missing or was changed after training.

    """
    card = Card.read(folder / "card.toml")
    for name, expected in card.files.items():
        digest = file_sha256(folder / name) if (folder / name).is_file() else "no such file"
        if digest != expected:
            raise WeightsError(f"{folder / name}: sha256 is {digest}, the card says {expected}")
    if combined_sha256(card.files) != card.sha256:
        raise WeightsError(f"{folder}: the card's own sha256 does not match its files")
    return card


def statements(
    name: str, version: str, *, licence: str, source: str, seed: int, limits: Sequence[str]
) -> dict[str, Any]:
    """Return what a card says of a model that is trained now, but for its data and its figures."""
    return {
        "name": name,
        "version": version,
        "licence": licence,
        "source": source,
        "trained_at": now(),
        "seed": seed,
        "limits": limits,
    }


def now() -> str:
    """Return the time of a training as cards have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_card(folder: Path, statements: Mapping[str, Any]) -> Card:
    """Write `card.toml` with the sums of the folder's files, and return what it now says.

    `statements` are the entries of a `Card` but `files` and `sha256`; a nested mapping becomes a
    table. Files of an earlier card with the same names are taken anew.
    """
    files = {path.name: file_sha256(path) for path in sorted(folder.iterdir()) if path.name != CARD}
    whole = {**statements, "files": files, "sha256": combined_sha256(files)}
    (folder / CARD).write_text("\n".join(_toml(whole)) + "\n", encoding="utf-8")
    return Card.read(folder / CARD)


def _toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a table's lines, its own entries before its tables."""
    if path:
        yield f"\n[{'.'.join(_json(name) for name in path)}]"
    for name, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{_json(name)} = {_json(value)}"
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _toml(value, (*path, name))


def _json(value: Any) -> str:
    """Return a string, number, boolean or list: JSON's are TOML's too."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
