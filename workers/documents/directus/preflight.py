"""Look before the first write: collections, fields and rights that seeding needs."""

from __future__ import annotations

from typing import Any

from workers.documents.directus.client import Directus
from workers.documents.directus.collections import COLLECTIONS, PRODUCT, Collection
from workers.documents.directus.faults import Rejected, SchemaFault

ACTIONS = ("create", "read", "update", "delete")
HINT = "`flask documents directus-schema` shows what is needed, and makes it with --apply"


def check(client: Directus, product_id: str) -> None:
    """Make sure that everything can be written that a run may write.

    Raises:
        SchemaFault: something is missing; nothing was written.

    """
    _check_product(client, product_id)
    for collection in COLLECTIONS.values():
        _check_fields(client, collection)
    _check_rights(client)


def _check_product(client: Directus, product_id: str) -> None:
    try:
        client.get(f"/items/{PRODUCT}/{product_id}", fields="id")
    except Rejected as error:
        detail = (
            f"Directus has no product {product_id}, or the service user may not read it ({error.reason})."
        )
        raise SchemaFault(detail, code="product_not_found") from None


def _check_fields(client: Directus, collection: Collection) -> None:
    names = ["id", *collection.fields, *collection.relations]
    try:
        client.get(f"/items/{collection.name}", fields=",".join(names), limit=1)
    except Rejected as error:
        missing = _missing(client, collection, names)
        raise SchemaFault(f"{collection.name}: {missing} ({error.reason}); {HINT}.") from None


def _missing(client: Directus, collection: Collection, names: list[str]) -> str:
    """Return which of some fields cannot be read, found by asking for each."""
    missing = [name for name in names if not _reads(client, collection.name, name)]
    if len(missing) == len(names):
        return "there is no such collection, or the service user may not read it"
    return f"these fields are missing or may not be read: {', '.join(missing)}"


def _reads(client: Directus, collection: str, field: str) -> bool:
    try:
        client.get(f"/items/{collection}", fields=field, limit=1)
    except Rejected:
        return False
    return True


def _check_rights(client: Directus) -> None:
    """Compare the rights that Directus tells of; a version that tells none is tried by writing."""
    try:
        rights = client.get("/permissions/me")
    except Rejected:
        return
    if not isinstance(rights, dict):  # before Directus 11 it is a list of single rules
        return
    for collection in COLLECTIONS.values():
        granted = rights.get(collection.name)
        lacking = [action for action in ACTIONS if not _granted(granted, action)]
        if lacking:
            detail = f"The service user may not {', '.join(lacking)} rows of {collection.name}."
            raise SchemaFault(detail, code="directus_rights")


def _granted(granted: Any, action: str) -> bool:
    """Say whether rights to a collection have an action; admins have no rows of rights."""
    if not isinstance(granted, dict):
        return False
    right = granted.get(action)
    return isinstance(right, dict) and right.get("access") != "none"
