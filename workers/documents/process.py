"""Say what documents cover: `flask process documents FILE... -o OUT.json`, and how two differ."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.documents.compare import compare, flatten
from workers.documents.analysis import Options
from workers.documents.isolated import analyse_apart
from workers.documents.tree import COMPLETED, FAILED, PARTIAL
from workers.sdk.output import Summary, atomic_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXIT_CODES = {COMPLETED: 0, PARTIAL: 3, FAILED: 4}
PAGES_A_LINE = 100  # of the progress


def process(
    paths: Sequence[Path],
    out: Path,
    *,
    output_format: str = "json",  # noqa: ARG001 - a tree is JSON, whatever the ending
    compare: bool = False,
    options: Mapping[str, str] | None = None,
) -> Summary:
    """Write the tree of one document, `{"documents": [...]}` of several, or the differences of two.

    Options: `ocr=no` reads no pictures, `taxonomy=FILE` replaces the taxonomy that ships.

    Raises:
        ValueError: an option is not one of these, or `compare` is not given two documents.

    """
    chosen = _options(options or {})
    if compare and len(paths) != 2:
        raise ValueError(f"--compare takes two documents, OLD and NEW; {len(paths)} are given")
    documents = [_one(path, chosen) for path in paths]
    if compare:
        answer: dict[str, Any] = compare_documents(*documents)
    else:
        answer = documents[0] if len(documents) == 1 else {"documents": documents}
    with atomic_write(out) as stream:
        json.dump(answer, stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    return _summary(documents)


def compare_documents(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs between two documents' trees."""
    return {
        "old": old.get("document"),
        "new": new.get("document"),
        "outcomes": [old.get("outcome"), new.get("outcome")],
        **compare(flatten(old.get("items") or ()), flatten(new.get("items") or ())),
    }


def _options(options: Mapping[str, str]) -> Options:
    unknown = set(options) - {"ocr", "taxonomy"}
    if unknown:
        raise ValueError(f"documents has no option {min(unknown)!r}; there are ocr and taxonomy")
    taxonomy = options.get("taxonomy")
    return Options(
        ocr=options.get("ocr", "yes") not in ("no", "false", "0"),
        taxonomy=Path(taxonomy) if taxonomy else None,
    )


def _one(path: Path, options: Options) -> dict[str, Any]:
    """Return a document's tree, read or from a JSON file that an earlier run wrote."""
    if path.suffix == ".json":
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document
    return analyse_apart(path, options=options, progress=_progress(path.name))


def _progress(name: str) -> Any:
    def show(done: int, pages: int) -> None:
        if done % PAGES_A_LINE == 0:
            sys.stderr.write(f"{name}: {done} of {pages} pages\n")

    return show


def _summary(documents: Sequence[dict[str, Any]]) -> Summary:
    outcomes = [document.get("outcome", FAILED) for document in documents]
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document.get("counts", {}))
    errors = [document["error"] for document in documents if document.get("error")]
    worst = max(EXIT_CODES.get(outcome, EXIT_CODES[FAILED]) for outcome in outcomes)
    return Summary(
        {"documents": len(documents), "outcomes": dict(Counter(outcomes)), **counts, "errors": errors},
        exit_code=worst,
    )
