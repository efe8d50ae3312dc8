"""`flask documents directus-schema`, what its guide names, and one run at a time."""

from __future__ import annotations

import re
import threading
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.documents.schemas import AnalysisSchema
from tests.documents.conftest import DIRECTUS_SECRET
from tests.documents.directus_stub import DirectusStub
from tests.stacks import wait_for
from workers.documents.directus import commands, schema
from workers.documents.directus.client import Directus
from workers.documents.directus.collections import COLLECTIONS
from workers.documents.directus.journal import product_lock
from workers.documents.directus.tokens import Credentials

GUIDE = Path(__file__).parents[2] / "docs" / "directus.md"


@pytest.fixture
def shown(monkeypatch):
    """Call the command on a Directus that has nothing yet; return what it says."""
    import click

    with DirectusStub(DIRECTUS_SECRET) as stub:
        stub.store.add_user(email="admin@example.com", password="admin", token="admin-token")
        monkeypatch.setattr(commands, "connect", lambda: Directus(stub.url, Credentials("admin-token")))

        def call(*, is_applied):
            command = click.Command("schema", callback=lambda: commands.show_schema(is_applied=is_applied))
            return CliRunner().invoke(command, []).output

        yield call


def test_the_command_lists_what_is_missing_and_makes_it_where_asked(shown):
    listed = shown(is_applied=False).splitlines()
    for name in (*schema.FIELDS, *(each.name for each in COLLECTIONS.values())):
        assert f"/collections: {name}" in listed
    assert listed[-1] == f"{len(listed) - 1} steps missing; --apply makes them."
    assert shown(is_applied=False).splitlines() == listed  # listing made nothing
    assert shown(is_applied=True).splitlines()[-1] == f"{len(listed) - 1} steps made."
    assert shown(is_applied=False) == "Nothing is missing.\n"


def test_the_guide_names_all_collections_and_parameters():
    guide = GUIDE.read_text("utf-8")
    for each in COLLECTIONS.values():
        assert each.name in guide or f"`_{each.kind}`" in guide
    for name in (schema.DOMAIN, schema.TAXONOMY, "dcm_product", *AnalysisSchema().fields):
        assert f"`{name}`" in guide, name
    named = set(re.findall(r"`(DIRECTUS_\w+)`", guide))
    assert {"DIRECTUS_URL", "DIRECTUS_SECRET", "DIRECTUS_TOKEN"} <= named


def test_a_second_run_on_a_product_waits_for_the_first(engine):
    product, waited, order = str(uuid.uuid4()), threading.Event(), []

    def second():
        with product_lock(engine, product, waiting=waited.set):
            order.append("second")

    with product_lock(engine, product, waiting=order.append):
        thread = threading.Thread(target=second)
        thread.start()
        assert waited.wait(30)
        with product_lock(engine, str(uuid.uuid4()), waiting=order.append):
            order.append("another product")
        order.append("first")
    thread.join(30)
    assert order == ["another product", "first", "second"]


def test_a_run_that_is_stopped_while_it_waits_leaves_the_lock_to_the_next(engine):
    product = str(uuid.uuid4())

    def stopped():
        raise InterruptedError

    held, again = (product_lock(engine, product, waiting=stopped) for _ in range(2))
    with held, pytest.raises(InterruptedError), again:
        pass
    done = []
    wait_for(lambda: done or _taken(engine, product, done), what="the lock")


def _taken(engine, product, done):
    with product_lock(engine, product, waiting=lambda: None):
        done.append(product)
    return done
