"""A stack with a Directus and a language model beside it, products with a wording, and their analyses."""

from __future__ import annotations

import uuid

import pytest

from stack.servers import free_port
from tests.documents.conftest import CASES, DIRECTUS_SECRET, DirectusStub, install, running
from tests.stacks import wait_for

WORDING = """# G Hausrat

## G 1 Diebstahl

Wir ersetzen gestohlene Sachen bis CHF 8'000 je Ereignis. Für Bargeld gilt eine Grenze von CHF 500.

Nicht versichert ist Diebstahl durch Mitbewohner.

## G 2 Wasser

Auslaufende Aquarien sind bis CHF 3'000 gedeckt.
""".encode()


@pytest.fixture(scope="module")
def installed():
    with DirectusStub(DIRECTUS_SECRET) as stub:
        yield install(stub)


@pytest.fixture(scope="module")
def model_url(tmp_path_factory):
    """A language model that answers what a case says, whatever it is asked."""
    port, answers = free_port(), CASES / "llm-invented-quotes" / "answers.json"
    script, log = CASES.parent / "llm_stub.py", tmp_path_factory.mktemp("llm") / "calls.jsonl"
    command = [script, "--port", port, "--answers", answers, "--log", log]
    with running(*command, url=f"http://127.0.0.1:{port}") as url:
        yield url


@pytest.fixture(scope="module")
def served():
    return "documents"


@pytest.fixture(scope="module")
def settings(installed, model_url):
    return {
        "documents_llm_url": model_url,
        "documents_llm_model": "stub",
        "documents_llm_input_price": 1.0,
        "directus_url": installed.url,
        "directus_secret": DIRECTUS_SECRET,
        "directus_token": installed.token,
    }


@pytest.fixture
def product(installed):
    """A product with a wording."""
    product_id = str(uuid.uuid4())
    file = installed.store.add_file("wording.md", WORDING, "text/markdown")
    installed.store.create("dcm_product", [{"id": product_id, "document_file": file}])
    return product_id


@pytest.fixture
def caller(stack, installed):
    """An HTTP client of one Directus user, who may read products and nothing else."""
    user = installed.store.add_user(
        admin=False, rights={"dcm_product": ("read",), "directus_files": ("read",)}
    )
    with stack.client() as http:
        http.headers["Authorization"] = f"Bearer {installed.store.access_token(user)}"
        yield http


def product_with_devices(installed, count):
    """Make a product whose wording covers so many devices that seeding it takes several batches."""
    product = str(uuid.uuid4())
    wording = "# G Geräte\n\n" + "".join(
        f"## G {n} Gerät {n}\n\nGerät {n} ist bis CHF {1000 + n} pro Ereignis versichert.\n\n"
        for n in range(1, count + 1)
    )
    file = installed.store.add_file("wording.md", wording.encode(), "text/markdown")
    installed.store.create("dcm_product", [{"id": product, "document_file": file}])
    return product


def rows_of(installed, product, kind):
    return [row for row in installed.rows(kind) if row["dcm_product"] == product]


def accepted(answer):
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"job_id", "status"}
    assert answer.headers["Location"] == f"/jobs/{answer.json()['job_id']}/status"
    return answer.json()["job_id"]


def ended(caller, job_id, timeout_s=120):
    """Return a job's status once it has ended."""

    def shown():
        answer = caller.get(f"/jobs/{job_id}/status")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return body if body["status"] in ("completed", "failed") else None

    return wait_for(shown, what="the job to end", timeout_s=timeout_s)


def analysed(caller, product, **options):
    return ended(caller, accepted(caller.post("/jobs/analysis", json={"product_id": product, **options})))


def uploaded(client, content=WORDING, **options):
    """Upload a document, analyse it, and return the job's id once it has ended."""
    sent = client.post("/api/v1/upload/file", files={"file": ("w.md", content)}, data={"system": "documents"})
    assert sent.status_code == 201, sent.text
    start = {"upload_id": sent.json()["upload_id"], "options": options}
    started = client.post("/api/v1/process/start", json=start)
    assert started.status_code == 202, started.text
    job_id = started.json()["job_id"]
    shown = lambda: client.get(f"/api/v1/results/{job_id}")  # noqa: E731
    wait_for(lambda: shown().status_code == 200, what="the result")
    return job_id
