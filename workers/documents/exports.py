"""The items of an analysis as files for other tools: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.documents.compare import flatten
from app.files.jobs.csv_cells import cell

COLUMNS = (
    *("document", "path", "kind", "item_name", "key", "is_included", "value", "unit", "per", "role", "plan"),
    *("unlimited", "section_reference", "page", "full_text_part", "summary", "description", "language"),
    *("source", "confidence", "rule", "id"),
)
BOM = "\ufeff"  # so that Excel reads it as UTF-8


def files_of(trees: Sequence[Mapping[str, Any]]) -> list[tuple[str, bytes]]:
    """Return the names and contents of the exports."""
    documents = [
        {name: tree[name] for name in ("document", "items", "coverage", "unassigned")} for tree in trees
    ]
    whole = json.dumps({"documents": documents}, ensure_ascii=False, indent=1)
    return [("items.csv", _csv(trees).encode()), ("items.json", whole.encode())]


def _csv(trees: Sequence[Mapping[str, Any]]) -> str:
    target = io.StringIO()
    target.write(BOM)
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for tree in trees:
        writer.writerows([cell(row.get(name)) for name in COLUMNS] for row in _rows(tree))
    return target.getvalue()


def _rows(tree: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for above, item in flatten(tree["items"]):
        page = item["evidence"][0]["page"] if item["evidence"] else None
        yield {**item, "document": tree["document"]["name"], "path": " > ".join(above), "page": page}
