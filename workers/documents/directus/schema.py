"""What Assay needs in a Directus, said and made: collections, fields, relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workers.documents.directus.client import Directus
from workers.documents.directus.collections import COLLECTIONS, PRODUCT
from workers.documents.directus.faults import Rejected

DOMAIN, TAXONOMY = "domain_model", "taxonomy_items"
FOREIGN_KEY = "uuid"

FIELDS: Mapping[str, Mapping[str, str]] = {
    DOMAIN: {"name": "string"},
    TAXONOMY: {
        "name": "string",
        "kind": "string",
        "aliases": "json",
        "examples": "json",
        "instruction": "text",
        "unit": "string",
        "data_type": "string",
    },
    PRODUCT: {"product_name": "string"},
    **{each.name: each.fields for each in COLLECTIONS.values()},
}
# collection -> field -> (related collection, name of the list on its side)
RELATIONS: Mapping[str, Mapping[str, tuple[str, str | None]]] = {
    TAXONOMY: {DOMAIN: (DOMAIN, TAXONOMY)},
    PRODUCT: {DOMAIN: (DOMAIN, None), "document_file": ("directus_files", None)},
    **{
        each.name: {name: (related, f"{each.kind}s") for name, related in each.relations.items()}
        for each in COLLECTIONS.values()
    },
}


@dataclass(frozen=True)
class Step:
    """One request that makes a part of the schema."""

    path: str
    document: Mapping[str, Any]

    def __str__(self) -> str:
        """Name what is made."""
        made = [self.document.get("collection"), self.document.get("field")]
        return f"{self.path}: {'.'.join(str(each) for each in made if each)}"


def missing(client: Directus) -> list[Step]:
    """Return the steps that a Directus still needs, in an order in which they can be done."""
    fields_of = {name: _fields_there(client, name) for name in FIELDS}
    return [*_collections(fields_of), *_fields(fields_of), *_relations(fields_of)]


def apply(client: Directus) -> list[Step]:
    """Make what is missing, and return the steps that were done."""
    steps = missing(client)
    for step in steps:
        client.post(step.path, dict(step.document))
    return steps


def _fields_there(client: Directus, collection: str) -> set[str] | None:
    """Return the fields of a collection, None where there is none."""
    try:
        return {str(field["field"]) for field in client.get(f"/fields/{collection}")}
    except Rejected as error:
        if error.reason != "FORBIDDEN":
            raise
        return None


def _collections(fields_of: Mapping[str, set[str] | None]) -> Iterator[Step]:
    for name, fields in FIELDS.items():
        if fields_of[name] is None:
            key = {
                "field": "id",
                "type": "uuid",
                "schema": {"is_primary_key": True},
                "meta": {"special": ["uuid"]},
            }
            own = [key, *(_field(field, kind) for field, kind in fields.items())]
            yield Step("/collections", {"collection": name, "schema": {}, "meta": {}, "fields": own})


def _fields(fields_of: Mapping[str, set[str] | None]) -> Iterator[Step]:
    for name, fields in FIELDS.items():
        there = fields_of[name]
        for field, kind in fields.items():
            if there is not None and field not in there:
                yield Step(f"/fields/{name}", {"collection": name, **_field(field, kind)})


def _relations(fields_of: Mapping[str, set[str] | None]) -> Iterator[Step]:
    for name, relations in RELATIONS.items():
        for field, (related, alias) in relations.items():
            if field not in (fields_of[name] or ()):
                yield Step(f"/fields/{name}", {"collection": name, **_field(field, FOREIGN_KEY)})
                yield Step(
                    "/relations",
                    {
                        "collection": name,
                        "field": field,
                        "related_collection": related,
                        "schema": {"on_delete": "NO ACTION"},
                        "meta": {"one_field": alias},
                    },
                )
            if alias and alias not in (fields_of[related] or ()):
                yield Step(f"/fields/{related}", {"collection": related, **_list(alias)})


def _list(name: str) -> dict[str, Any]:
    """Return the field that shows what hangs on a row; without it no query may ask for that."""
    meta = {"special": ["o2m"], "interface": "list-o2m"}
    return {"field": name, "type": "alias", "schema": None, "meta": meta}


def _field(name: str, kind: str) -> dict[str, Any]:
    special = {"json": ["cast-json"], "boolean": ["cast-boolean"]}.get(kind)
    own = {"numeric_precision": 18, "numeric_scale": 5} if kind == "decimal" else {}
    return {"field": name, "type": kind, "schema": own, "meta": {"special": special}}
