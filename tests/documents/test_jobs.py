"""Analyses and cleanups as jobs, from a product's document in Directus, or an uploaded one, to the rows."""

from __future__ import annotations

import gzip
import io
import json
import uuid

import pytest
from PIL import Image

from app.documents.models import DirectusRun
from app.documents.recovery import recover_runs
from app.extensions import db
from app.jobs import transitions
from tests.contract.problems import problem
from tests.documents.analyses import (  # noqa: F401 - fixtures
    WORDING,
    accepted,
    analysed,
    caller,
    ended,
    installed,
    model_url,
    product,
    product_with_devices,
    rows_of,
    served,
    settings,
    uploaded,
)
from tests.documents.conftest import CASES
from tests.faults.conftest import (  # noqa: F401 - fixtures
    broker,
    client,
    database,
    inside,
    module_stack,
    servers,
    stack,
    started_stack,
)
from tests.stacks import wait_for


def test_an_analysis_counts_and_leads_to_its_tree(caller, installed, product):
    job = analysed(caller, product)
    assert job["status"] == "completed", job["error"]
    assert job["result"].keys() == {"num_segments", "num_benefits", "num_limits", "seeding_success"}
    assert job["result"]["num_segments"] >= 1
    assert job["result"]["num_limits"] >= 3
    assert job["result"]["seeding_success"] is False
    assert rows_of(installed, product, "limit") == []
    tree = caller.get(job["links"]["tree"]).json()
    assert tree["document"]["name"] == "wording.md"
    text = caller.get(job["links"]["text"]).text
    assert text == tree["text"]
    item = tree["items"][0]
    assert item["full_text_part"] == " | ".join(text[e["start"] : e["end"]] for e in item["evidence"])
    page = caller.get(job["links"]["results"]).json()
    assert page["coverage"]["done"] == page["coverage"]["total"] >= 1
    assert [row["position"] for row in page["rows"]] == list(range(len(page["rows"])))
    assert page["rows"][0]["id"] == item["id"]


def test_a_tree_is_sent_packed_where_that_is_understood(caller, product):
    job = analysed(caller, product)
    plain = caller.get(job["links"]["tree"], headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    with caller.stream("GET", job["links"]["tree"], headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        raw = b"".join(packed.iter_raw())
    assert json.loads(gzip.decompress(raw)) == plain.json()


def test_seeding_writes_what_was_counted_and_cleanup_takes_it_away(caller, installed, product):
    job = analysed(caller, product, seed_directus=True)
    assert job["result"]["seeding_success"] is True, job
    for kind in ("segment", "benefit", "limit"):
        assert len(rows_of(installed, product, kind)) == job["result"][f"num_{kind}s"]
    again = analysed(caller, product, seed_directus=True)
    assert again["report"]["seeding"]["insert"] == dict.fromkeys(job["report"]["seeding"]["insert"], 0)
    kept = ended(
        caller, accepted(caller.post("/jobs/cleanup", json={"product_id": product, "dry_run": True}))
    )
    assert kept["result"] == {"success": True}
    assert kept["report"]["deleted"]["limit"] == job["result"]["num_limits"]
    assert rows_of(installed, product, "limit")
    cleaned = ended(caller, accepted(caller.post("/jobs/cleanup", json={"product_id": product})))
    assert cleaned["result"] == {"success": True}
    assert cleaned["report"]["deleted"] == kept["report"]["deleted"]
    for kind in ("segment", "benefit", "limit", "condition", "exclusion"):
        assert rows_of(installed, product, kind) == []
    assert product in installed.store.rows["dcm_product"]


def test_a_dry_run_says_what_it_would_write(caller, installed, product):
    job = analysed(caller, product, seed_directus=True, dry_run=True)
    seeding = job["report"]["seeding"]
    assert (seeding["state"], job["result"]["seeding_success"]) == ("planned", False)
    assert seeding["insert"]["limit"] == job["result"]["num_limits"]
    assert rows_of(installed, product, "segment") == []


def test_a_refused_seeding_is_told_and_leaves_nothing(caller, installed, product):
    missing = installed.store.collections["insurance_dcm_limit"].pop("slot")
    try:
        job = analysed(caller, product, seed_directus=True)
    finally:
        installed.store.collections["insurance_dcm_limit"]["slot"] = missing
    assert (job["status"], job["result"]["seeding_success"]) == ("completed", False)
    assert job["report"]["seeding"]["code"] == "directus_schema"
    assert "insurance_dcm_limit" in job["report"]["seeding"]["detail"]
    assert rows_of(installed, product, "segment") == []


def test_refused_credentials_fail_the_job(caller, installed, product):
    user = installed.store.users[installed.service_id]
    user["token"] = "another"
    try:
        job = analysed(caller, product, seed_directus=True)
    finally:
        user["token"] = installed.token
    assert (job["status"], job["error"]["code"]) == ("failed", "directus_auth")


def test_a_product_that_the_caller_may_not_read_is_refused(caller, stack, installed, product):
    problem(caller.post("/jobs/analysis", json={"product_id": str(uuid.uuid4())}), 403, "forbidden")
    stranger = installed.store.add_user(admin=False, rights={})
    with stack.client() as other:
        other.headers["Authorization"] = f"Bearer {installed.store.access_token(stranger)}"
        for path in ("/jobs/analysis", "/jobs/cleanup"):
            problem(other.post(path, json={"product_id": product}), 403, "forbidden")
        job_id = accepted(caller.post("/jobs/analysis", json={"product_id": product}))
        problem(other.get(f"/jobs/{job_id}/status"), 404, "not_found")


def test_a_product_without_a_document_fails_with_its_reason(caller, installed):
    empty = str(uuid.uuid4())
    installed.store.create("dcm_product", [{"id": empty}])
    job = analysed(caller, empty)
    assert (job["status"], job["error"]["code"]) == ("failed", "product_without_document")
    assert job["result"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "product_id"),
        ({"product_id": "../users"}, "product_id"),
        ({"product_id": "x", "seed_directus": "yes"}, "seed_directus"),
        ({"product_id": "x", "segment_chunks": 0}, "segment_chunks"),
        ({"product_id": "x", "segment_chunks": "8"}, "segment_chunks"),
        ({"product_id": "x", "debug_from": "limits"}, "debug_from"),
        ({"product_id": "x", "chunks": 1}, "chunks"),
    ],
)
def test_parameters_are_checked(caller, body, field):
    refused = problem(caller.post("/jobs/analysis", json=body), 422, "invalid_fields")
    assert [row["field"] for row in refused["errors"]] == [field]


def test_an_idempotency_key_makes_one_job(caller, product):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    ids = {
        accepted(caller.post("/jobs/analysis", json={"product_id": product}, headers=headers))
        for _ in range(3)
    }
    assert len(ids) == 1


def test_an_uploaded_document_goes_the_same_way(client):
    job_id = uploaded(client)
    job = client.get(f"/api/v1/results/{job_id}").json()
    assert (job["status"], job["partial"]) == ("completed", False), job
    assert job["result"]["num_limits"] >= 3
    tree = client.get(job["links"]["tree"]).json()
    assert tree["counts"]["limit"] == job["result"]["num_limits"]
    exported = client.get(job["links"]["export_csv"])
    assert exported.content.startswith(b"\xef\xbb\xbfdocument,path,kind")
    assert client.get(job["links"]["export_json"]).json()["documents"][0]["items"] == tree["items"]
    csv = client.get(f"/api/v1/results/{job_id}", params={"format": "csv"})
    assert len(csv.text.splitlines()) > 3


def test_a_language_model_reads_too_where_a_job_asks_for_it(caller, product):
    job = analysed(caller, product, llm=True)
    assert job["status"] == "completed", job["error"]
    spent = job["report"]["llm"]
    assert (spent["model"], spent["calls"]) == ("stub", 3)
    assert spent["cost"] == pytest.approx(spent["input_tokens"] / 1_000_000, abs=1e-5)
    tree = caller.get(job["links"]["tree"]).json()
    assert len(tree["rejected"]) in (3, 4)
    assert {chunk["tier"] for chunk in tree["coverage"]["chunks"]} >= {
        "llm_segments",
        "llm_benefits",
        "llm_modifiers",
    }
    again = analysed(caller, product, llm=True)
    assert (again["report"]["llm"]["calls"], again["report"]["llm"]["cached"]) == (0, 3)


def test_pages_of_a_pdf_are_shown_as_a_viewer_shows_them(client):
    job_id = uploaded(client, (CASES / "pages" / "two-pages.pdf").read_bytes())
    for page, size in ((1, (910, 1286)), (2, (1286, 910))):
        answer = client.get(f"/api/v1/results/{job_id}/pages/{page}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        image = Image.open(io.BytesIO(answer.content))
        assert image.format == "WEBP"
        assert image.size == pytest.approx(size, abs=2)
    problem(client.get(f"/api/v1/results/{job_id}/pages/3"), 404, "not_found")


@pytest.mark.slow("kills a worker, and waits until another takes over")
def test_a_worker_that_is_killed_while_it_seeds_loses_and_doubles_nothing(caller, stack, installed):
    product = product_with_devices(installed, 249)
    installed.store.pause_s = 0.5
    try:
        job_id = accepted(caller.post("/jobs/analysis", json={"product_id": product, "seed_directus": True}))
        wait_for(lambda: rows_of(installed, product, "segment"), what="the first rows")
        for worker in stack.of("batch"):
            worker.kill()
        there = len(rows_of(installed, product, "limit"))
        stack.start("batch")
        job = ended(caller, job_id, timeout_s=180)  # another worker loads its models first
    finally:
        installed.store.pause_s = 0.0
    assert job["result"]["seeding_success"] is True, job
    assert there < job["result"]["num_limits"]
    for kind in ("segment", "benefit", "limit"):
        rows = rows_of(installed, product, kind)
        assert len(rows) == len({row["item_id"] for row in rows}) == job["result"][f"num_{kind}s"]


def test_the_clock_has_runs_undone_that_no_job_will_end(inside, installed, product):
    run_id = uuid.uuid4()
    row = {"run_id": str(run_id), "dcm_product": product, "segment_name": "Half a run"}
    installed.store.create("insurance_dcm_segment", [row])
    db.session.add(DirectusRun(run_id=run_id, owner="somebody", product_id=product, state="seeding"))
    db.session.commit()
    assert (recover_runs(), recover_runs()) == (1, 0)  # once, until that job has ended
    wait_for(lambda: not rows_of(installed, product, "segment"), timeout_s=120, what="the run to be undone")

    def is_undone():
        db.session.rollback()
        return db.session.get(DirectusRun, run_id).state == "undone"

    wait_for(is_undone, what="the journal to say so")
    assert recover_runs() == 0


def test_a_run_that_is_cancelled_while_it_seeds_is_undone(caller, inside, installed):
    product = product_with_devices(installed, 149)
    installed.store.pause_s = 0.5
    try:
        job_id = accepted(caller.post("/jobs/analysis", json={"product_id": product, "seed_directus": True}))
        wait_for(lambda: rows_of(installed, product, "segment"), what="the first rows")
        assert transitions.request_cancel(db.session(), uuid.UUID(job_id)).state == "cancelling"
        db.session.commit()
        assert ended(caller, job_id)["status"] == "failed"
    finally:
        installed.store.pause_s = 0.0

    def is_empty():
        db.session.rollback()
        recover_runs()  # as the clock does
        return not any(rows_of(installed, product, kind) for kind in ("segment", "benefit", "limit"))

    wait_for(is_empty, timeout_s=120, what="the run to be undone")


def test_the_same_document_twice_is_the_same_tree(client):
    trees = [client.get(f"/api/v1/results/{uploaded(client)}/tree").content for _ in range(2)]
    assert trees[0] == trees[1]


def test_two_wordings_are_compared(client):
    old, new = (
        uploaded(client),
        uploaded(client, WORDING.replace(b"8'000", b"9'000").replace(b"Aquarien", b"Tanks")),
    )
    answer = client.get("/api/v1/results/compare", params={"a": old, "b": new})
    assert answer.status_code == 200, answer.text
    (change,) = [each for each in answer.json()["changed"] if "value" in each["fields"]]
    assert (change["before"]["value"], change["after"]["value"]) == ("8000", "9000")
    assert "9'000" in change["after"]["quote"]
    same = client.get("/api/v1/results/compare", params={"a": old, "b": old}).json()
    assert (same["added"], same["removed"], same["changed"]) == ([], [], [])
    problem(
        client.get("/api/v1/results/compare", params={"a": old, "b": str(uuid.uuid4())}), 404, "not_found"
    )
    refused = problem(client.get("/api/v1/results/compare", params={"a": old}), 422, "invalid_fields")
    assert [(row["field"], row["value"], row["reason"][:13]) for row in refused["errors"]] == [
        ("b", None, "It is missing")
    ]
