"""A Directus that speaks as it was recorded, faults before it, and item trees to write into it."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine

from stack.servers import free_port
from tests.documents.directus_stub import DirectusStub
from tests.stacks import wait_for

CASES = Path(__file__).parent / "cases"
DIRECTUS_SECRET = "directus-" + "s" * 32
EMAIL, PASSWORD = "assay@example.com", "a-password"


@dataclass
class Installed:
    """A Directus with Assay's schema, a service user and one product."""

    stub: DirectusStub
    product_id: str
    service_id: str
    token: str

    @property
    def url(self):
        return self.stub.url

    @property
    def store(self):
        return self.stub.store

    def rows(self, kind):
        return list(self.store.rows[f"insurance_dcm_{kind}"].values())

    def counts(self):
        return {
            kind: len(self.rows(kind)) for kind in ("segment", "benefit", "limit", "condition", "exclusion")
        }


def install(stub):
    """Make Assay's schema in a stub, with its own commands."""
    from workers.documents.directus import schema
    from workers.documents.directus.client import Directus
    from workers.documents.directus.tokens import Credentials

    stub.store.add_user(email="admin@example.com", password="admin", token="admin-token")
    with Directus(stub.url, Credentials("admin-token")) as client:
        schema.apply(client)
        assert schema.missing(client) == []
    service = stub.store.add_user(email=EMAIL, password=PASSWORD, token="service-token")
    product = str(uuid.uuid4())
    stub.store.create("dcm_product", [{"id": product, "product_name": "Reise"}])
    return Installed(stub, product, service, "service-token")


@pytest.fixture
def directus():
    """A Directus of one test."""
    with DirectusStub(DIRECTUS_SECRET) as stub:
        yield install(stub)


@pytest.fixture(scope="session")
def engine(postgres_server):
    """The tables of the journal."""
    made = create_engine(postgres_server.url.replace("postgresql://", "postgresql+psycopg2://"))
    yield made
    made.dispose()


@contextmanager
def running(*command, url):
    """Run a server of one file until it is not wanted any more."""
    popen = subprocess.Popen([sys.executable, *map(str, command)])
    try:
        wait_for(lambda: answers(url), what=str(command[0]))
        yield url
    finally:
        popen.terminate()
        popen.wait()


def answers(url):
    """Say whether anything listens at a URL."""
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True


@dataclass
class Proxy:
    """A fault proxy before a Directus."""

    url: str
    log: Path

    def calls(self):
        """Return what passed, but for the first sign of life."""
        calls = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [call for call in calls if call["path"] != "/"]


@pytest.fixture
def proxy(tmp_path):
    """Put a proxy with some faults before a Directus."""

    @contextmanager
    def start(upstream, faults):
        port, log, faults_file = free_port(), tmp_path / "calls.jsonl", tmp_path / "faults.json"
        faults_file.write_text(json.dumps(faults))
        script = Path(__file__).parent / "fault_proxy.py"
        command = [script, "--upstream", upstream, "--port", port, "--faults", faults_file, "--log", log]
        with running(*command, url=f"http://127.0.0.1:{port}") as url:
            yield Proxy(url, log)

    return start


def faults_of(case):
    """Return the faults of a case."""
    return json.loads((CASES / case / "faults.json").read_text())


def item(kind, name, *children, **more):
    """Return an item of a tree, whose id comes of its content."""
    quote = more.pop("quote", f"{name} ist versichert.")
    facts = {"kind": kind, "item_name": name, "full_text_part": quote, **more}
    identity = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(facts, sort_keys=True)).hex
    evidence = [{"page": 1, "start": 0, "end": len(quote), "rects": []}]
    return {"id": identity, "is_included": True, "evidence": evidence, **facts, "children": list(children)}


def tree(*, limits=3, conditions=2, first_value=1000, quote=None):
    """Return a document with one segment, a benefit, limits and conditions."""
    bounds = [
        item("limit", f"Gerät {n}", value=str(first_value + n), unit="CHF", role="max", per=["event"],
             **({"quote": quote} if quote and n == 0 else {}))
        for n in range(limits)
    ]  # fmt: skip
    duties = [item("condition", f"Pflicht {n}") for n in range(conditions)]
    benefit = item("benefit", "Diebstahl", *bounds, *duties)
    return {
        "items": [item("segment", "Hausrat", benefit, item("exclusion", "Mitbewohner", is_included=False))]
    }
