"""The collections of a product's items in Directus: their names, fields and relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PRODUCT = "dcm_product"
KINDS = ("segment", "benefit", "limit", "condition", "exclusion")  # parents first
VALUED = ("limit", "condition", "exclusion")  # items that bound something by an amount or a period

# what of each kind hangs below which parents; the last of them is the nearer one
PARENTS: Mapping[str, tuple[str, ...]] = {
    "segment": (),
    "benefit": ("segment",),
    "limit": ("segment", "benefit"),
    "condition": ("segment", "benefit"),
    "exclusion": ("segment", "benefit"),
}

COMMON: Mapping[str, str] = {
    "run_id": "string",
    "item_id": "string",
    "slot": "string",
    "key": "string",
    "is_included": "boolean",
    "section_reference": "string",
    "page": "integer",
    "full_text_part": "text",
    "llm_summary": "text",
    "description": "text",
    "evidence": "json",
    "references": "json",
    "exception_to": "string",
    "duplicate_of": "string",
    "language": "string",
    "source": "string",
    "confidence": "float",
    "rule": "string",
    "validated_by_human": "boolean",
    "proposed_value": "text",
}


@dataclass(frozen=True)
class Collection:
    """One collection: its kind of item, and its fields with Directus' types, the key left out."""

    kind: str
    name: str
    fields: Mapping[str, str]
    relations: Mapping[str, str]  # field -> collection


def collection_of(kind: str) -> str:
    """Return the name of the collection of a kind of item."""
    return f"insurance_dcm_{kind}"


def _fields_of(kind: str) -> dict[str, str]:
    own = {f"{kind}_name": "string"}
    if kind in VALUED:
        own |= {f"{kind}_value": "decimal", f"{kind}_unit": "string", "per": "json", "plan": "string"}
        own |= {"role": "string", "unlimited": "boolean"}
    return {**own, **COMMON}


def _relations_of(kind: str) -> dict[str, str]:
    return {PRODUCT: PRODUCT} | {collection_of(parent): collection_of(parent) for parent in PARENTS[kind]}


COLLECTIONS: Mapping[str, Collection] = {
    kind: Collection(kind, collection_of(kind), _fields_of(kind), _relations_of(kind)) for kind in KINDS
}
