"""Write the cards of the reviews models, and tell by them which languages need no training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.reviews.predictor import FINE_TUNED_FILE
from workers.reviews.training import corpus, student
from workers.reviews.training.evaluate import evaluate
from workers.reviews.training.statements import LICENCE, SOURCES, limits
from workers.sdk.predictor import Card
from workers.sdk.weights import CARD, file_sha256, now, statements, write_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Counted up when a language is trained in another way: its weights are then made anew.
RECIPES = {"en": 3, "id": 1, "ko": 2, "ru": 1}


def is_made(data: Path, folder: Path, code: str, *, recipe: int | None = None) -> bool:
    """Say whether a folder has a language's weights of this data, by a recipe, today's where None."""
    if not (folder / CARD).is_file():
        return False
    card = Card.read(folder / CARD)
    return (
        _is_unchanged(card, folder, code)
        and card.data["recipes"].get(code) == (recipe or RECIPES[code])
        and _of(card.data["files"], code) == _of(_sums(data), code)
    )


def _is_unchanged(card: Card, folder: Path, code: str) -> bool:
    """Say whether a language's weights are those of a card."""
    name = next((name for name in _weights(code) if name in card.files), "")
    return bool(name) and (folder / name).is_file() and file_sha256(folder / name) == card.files[name]


def write(data: Path, folders: Mapping[str, Path], languages: Sequence[str]) -> dict[str, Any]:
    """Write each version's card, measure the versions by what is written, and write the figures in.

    Args:
        data: the rows that were trained on.
        folders: by version, where its weights are.
        languages: those served.

    """
    statements = {
        version: _statements(version) | {"data": _described(data, folder, languages)}
        for version, folder in folders.items()
    }
    for version, folder in folders.items():
        write_card(folder, statements[version] | {"metrics": {}})
    measured = evaluate(data, folders=folders)
    for version, folder in folders.items():
        metrics = {**measured[version], "baselines": measured["baselines"]}
        write_card(folder, statements[version] | {"metrics": metrics})
    return measured


def _described(data: Path, folder: Path, languages: Sequence[str]) -> dict[str, Any]:
    """Return what a version was trained on, how, and when; what is unchanged keeps its time."""
    card = Card.read(folder / CARD) if (folder / CARD).is_file() else None
    before = card.data["trained"] if card else {}
    kept = {code for code in before if card and _is_unchanged(card, folder, code)}
    return {
        "files": _sums(data),
        "languages": list(languages),
        "untrained": sorted(corpus.UNTRAINED_SOURCES),
        "recipes": {code: RECIPES[code] for code in languages},
        "trained": {code: before[code] if code in kept else now() for code in languages},
    }


def _statements(version: str) -> dict[str, Any]:
    source, limitations = SOURCES[version], limits(version)
    return statements(
        "reviews", version, licence=LICENCE, source=source, seed=student.SEED, limits=limitations
    )


def _weights(code: str) -> tuple[str, ...]:
    """Return the names that the file of a language's weights may have."""
    return (f"{code}.safetensors", FINE_TUNED_FILE) if code == "en" else (f"{code}.safetensors",)


def _sums(data: Path) -> dict[str, str]:
    return {path.name: file_sha256(path) for path in sorted(data.glob("train_*.jsonl.gz"))}


def _of(files: Mapping[str, str], code: str) -> dict[str, str]:
    """Return those of some files of rows that are one language's."""
    codes = {name: name.removeprefix("train_").split(".")[0].split("_")[0] for name in files}
    return {name: digest for name, digest in files.items() if codes[name] == code}
