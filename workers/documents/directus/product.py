"""Read what Directus says of a product: its name, its document, and its own taxonomy, by GraphQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.documents.directus.client import Directus
from workers.documents.directus.faults import DirectusFault, Rejected

PRODUCT_QUERY = """query Product($id: ID!) {
  dcm_product_by_id(id: $id) {
    id product_name document_file { id filename_download type filesize }
  }
}"""
TAXONOMY_FIELDS = ("id", "name", "kind", "aliases", "examples", "instruction", "unit", "data_type")
TAXONOMY_QUERY = """query Taxonomy($id: ID!) {
  dcm_product_by_id(id: $id) {
    domain_model { id name taxonomy_items { %s } }
  }
}""" % " ".join(TAXONOMY_FIELDS)  # noqa: UP031 - braces are GraphQL's


@dataclass(frozen=True)
class ProductFile:
    """The document of a product, as Directus keeps it."""

    id: str
    name: str
    media_type: str


@dataclass(frozen=True)
class Product:
    """A product, and its document where it has one."""

    id: str
    name: str
    file: ProductFile | None


def find_product(client: Directus, product_id: str) -> Product:
    """Return a product.

    Raises:
        DirectusFault: there is none that the service user may read; Directus does not say which.

    """
    try:
        product = _by_id(client, PRODUCT_QUERY, product_id)
    except Rejected as error:
        if error.reason != "FORBIDDEN":
            raise
        product = None
    if not product:
        detail = f"Directus has no product {product_id}, or the service user may not read it."
        raise DirectusFault(detail, code="product_not_found")
    return Product(
        str(product["id"]), str(product.get("product_name") or ""), _file_of(product.get("document_file"))
    )


def document_of(product: Product) -> ProductFile:
    """Return a product's document; raise DirectusFault where it has none."""
    if product.file is None:
        detail = f"The product {product.id} has no document: its document_file is empty."
        raise DirectusFault(detail, code="product_without_document")
    return product.file


def find_taxonomy(client: Directus, product_id: str) -> list[dict[str, Any]] | None:
    """Return the taxonomy of a product's domain model; None where Directus has none for it."""
    try:
        product = _by_id(client, TAXONOMY_QUERY, product_id)
    except Rejected as error:
        if error.reason in ("GRAPHQL_VALIDATION", "FORBIDDEN"):
            return None
        raise
    model = (product or {}).get("domain_model") or {}
    return [dict(entry) for entry in model.get("taxonomy_items") or ()] or None


def write_taxonomy(entries: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Write Directus' taxonomy in the form of the one that ships, and return the file.

    Entries have no language of their own there: their names serve German and English.
    """
    tiers: dict[str, dict[str, Any]] = {}
    for entry in entries:
        name, kind = str(entry.get("name") or ""), str(entry.get("kind") or "benefit")
        aliases = [str(alias) for alias in entry.get("aliases") or ()]
        facts = {"de": name, "en": name, "aliases": aliases}
        if name:
            tiers.setdefault(f"{kind.removesuffix('s')}s", {})[str(entry["id"])] = facts
    target = folder / "taxonomy.yaml"
    target.write_text(json.dumps({"directus": tiers}, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
    return target


def _by_id(client: Directus, query: str, product_id: str) -> Mapping[str, Any] | None:
    data: Mapping[str, Any] = client.post("/graphql", {"query": query, "variables": {"id": product_id}})
    product: Mapping[str, Any] | None = data.get("dcm_product_by_id")
    return product


def _file_of(file: Mapping[str, Any] | None) -> ProductFile | None:
    if not file:
        return None
    return ProductFile(
        str(file["id"]), str(file.get("filename_download") or "document"), str(file.get("type") or "")
    )
