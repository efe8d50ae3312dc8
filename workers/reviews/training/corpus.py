"""Read the labelled rows and divide them into training, validation and test."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LABELS = ("negative", "neutral", "positive")
TRAIN, VALIDATION, TEST = "train", "validation", "test"
TEST_PERCENT = 8
VALIDATION_PERCENT = 4
KEY_LETTERS = 40  # texts that begin alike are near-duplicates and stay on one side

# The provenance of this source is not settled (its text came from another site than
# the one that published it), so it is never trained on: it serves as an unseen domain.
UNTRAINED_SOURCES = frozenset({"disneyland"})


@dataclass(frozen=True)
class Row:
    """One labelled text; `label` indexes LABELS."""

    text: str
    label: int
    language: str
    source: str


def part_of(text: str) -> str:
    """Return the part a text belongs to, by the hash of its first letters."""
    letters = "".join(filter(str.isalnum, text.lower()))[:KEY_LETTERS]
    percent = int(hashlib.sha256(letters.encode()).hexdigest()[:8], 16) % 100
    if percent < TEST_PERCENT:
        return TEST
    return VALIDATION if percent < TEST_PERCENT + VALIDATION_PERCENT else TRAIN


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSONL file, gzip'd or not; raise ValueError with the line that is none."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                row = _row(json.loads(line), path.name)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(
                    f'{path}, line {number}: no row such as {{"text": "Good.", "label": "positive"}},'
                    f" with one of the labels {', '.join(LABELS)}"
                ) from error
            yield row


def _row(raw: Any, file: str) -> Row:
    text, label = raw["text"], LABELS.index(raw["label"])
    if not isinstance(text, str):
        raise TypeError
    return Row(text, label, raw.get("lang", "en"), raw.get("source", file))


def training_file(data: Path, language: str) -> Path:
    """Return the file of one language's labelled rows."""
    return data / f"train_{language}.jsonl.gz"


def read_part(data: Path, language: str, part: str) -> list[Row]:
    """Return one language's rows of one part, in the file's order."""
    return rows_of(training_file(data, language), part)


def rows_of(path: Path, part: str) -> list[Row]:
    """Return a file's rows of one part, in its order.

    Training and validation leave out the sources that are never trained on; the
    whole of these is test, since none of their rows was seen.

    Raises:
        ValueError: no row is of a part that a model cannot be made without.

    """
    rows = []
    for row in read_rows(path):
        unseen = row.source in UNTRAINED_SOURCES
        if (TEST if unseen else part_of(row.text)) == part:
            rows.append(row)
    if not rows and part != TEST:
        raise ValueError(
            f"{path} has no row for {part}: texts are divided by their first letters,"
            f" {VALIDATION_PERCENT} % for validation, so give some hundred rows"
        )
    return rows


def capped(rows: Sequence[Row], limit: int, *, exceptions: Mapping[str, int] | None = None) -> list[Row]:
    """Return at most `limit` rows of each source, chosen by hash, in their order."""
    limits = exceptions or {}
    ranked: dict[str, list[tuple[str, int]]] = {}
    for index, row in enumerate(rows):
        rank = hashlib.sha256(f"cap {row.text}".encode()).hexdigest()
        ranked.setdefault(row.source, []).append((rank, index))
    kept = {i for source, ranks in ranked.items() for _, i in sorted(ranks)[: limits.get(source, limit)]}
    return [row for index, row in enumerate(rows) if index in kept]
