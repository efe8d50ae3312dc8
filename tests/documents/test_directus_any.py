"""What must hold in any Directus: the stub, or the real one of DIRECTUS_URL with an admin's DIRECTUS_TOKEN."""

from __future__ import annotations

import os
import uuid

import pytest

from tests.documents.conftest import DIRECTUS_SECRET, tree
from tests.documents.directus_stub import DirectusStub
from workers.documents.directus import preflight, schema
from workers.documents.directus.client import Directus
from workers.documents.directus.items import Items
from workers.documents.directus.journal import Journal
from workers.documents.directus.plan import SEEDED, make_plan
from workers.documents.directus.product import find_product, find_taxonomy
from workers.documents.directus.removal import Remover, everywhere
from workers.documents.directus.rows import rows_of
from workers.documents.directus.seeding import Seeder
from workers.documents.directus.tokens import Credentials


@pytest.fixture(scope="module")
def client():
    """A client of a Directus with an admin's token."""
    if url := os.environ.get("DIRECTUS_URL"):
        with Directus(url, Credentials(os.environ["DIRECTUS_TOKEN"])) as connected:
            yield connected
        return
    with DirectusStub(DIRECTUS_SECRET) as stub:
        stub.store.add_user(token="admin-token")
        with Directus(stub.url, Credentials("admin-token")) as connected:
            yield connected


@pytest.fixture(scope="module")
def product(client):
    """A product of its own in a Directus with the schema."""
    schema.apply(client)
    assert schema.missing(client) == []
    product_id = str(uuid.uuid4())
    client.post("/items/dcm_product", {"id": product_id, "product_name": "Reise"})
    return product_id


def test_a_product_is_found_with_what_hangs_on_it(client, product):
    assert (find_product(client, product).name, find_product(client, product).file) == ("Reise", None)
    assert find_taxonomy(client, product) is None


def test_a_taxonomy_of_its_own_is_read(client, product):
    model, entry = str(uuid.uuid4()), str(uuid.uuid4())
    client.post("/items/domain_model", {"id": model, "name": "Haushalt"})
    row = {"id": entry, "name": "Velo", "kind": "benefit", "aliases": ["Fahrrad"], "domain_model": model}
    client.post("/items/taxonomy_items", row)
    client.patch(f"/items/dcm_product/{product}", {"domain_model": model})
    (entry,) = find_taxonomy(client, product)
    assert (entry["name"], entry["kind"], entry["aliases"]) == ("Velo", "benefit", ["Fahrrad"])


def test_what_is_seeded_is_counted_stays_the_same_and_goes_again(client, engine, product):
    preflight.check(client, product)
    items, mine = Items(client), {"_and": [SEEDED, {"dcm_product": {"_eq": product}}]}
    for inserted in (120, 0):
        seeder = Seeder(client, Journal(engine, uuid.uuid4(), "local", product), report=lambda *_: None)
        plan = make_plan(items, rows_of([tree(limits=120)], product), product)
        assert plan.summary()["insert"]["limit"] == inserted
        seeder.write(plan)
        assert items.count("insurance_dcm_limit", mine) == 120
    (row,) = items.read(
        "insurance_dcm_limit", {"_and": [mine, {"limit_name": {"_eq": "Gerät 7"}}]}, ["limit_value", "per"]
    )
    assert (float(row["limit_value"]), row["per"]) == (1007.0, ["event"])
    removed = Remover(items).remove(everywhere(mine)).summary()
    assert removed["deleted"] == {"segment": 1, "benefit": 1, "limit": 120, "condition": 2, "exclusion": 1}
    assert items.count("insurance_dcm_limit", mine) == 0
