"""The OpenAPI document tells the truth: what it says is tried on the running house."""

from __future__ import annotations

import json
import re

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import create_app
from app.config import Settings
from tests.house import ACCIDENT, SECRET, wait_for_state

DOCUMENT = (
    create_app(Settings(secret_key=SECRET, database_url="postgresql+psycopg2://nobody/none"))
    .test_client()
    .get("/openapi.json")
    .json
)
# The running house is open to all: a request without a key is no fault there.
SCHEMA = schemathesis.openapi.from_dict({name: part for name, part in DOCUMENT.items() if name != "security"})
# What tus answers to another version of it, and to what is too long.
SCHEMA.config.checks.negative_data_rejection.expected_statuses += ["412", "413"]
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method != "parameters"
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
PROBLEM = "application/problem+json"

every_operation = pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)


def test_the_document_is_valid_openapi():
    assert DOCUMENT["openapi"].startswith("3.1.")
    SCHEMA.validate()


def test_every_route_of_the_service_is_documented_or_left_out_on_purpose(app):
    left_out = {
        "/",
        "/api/v1/results/report/<path:filename>",
        "/docs",
        "/docs/ui/<path:name>",
        "/static/<path:filename>",
        "/openapi.json",
    }
    documented = {(path, method.upper()) for path, method, _ in OPERATIONS} - {
        (path, method) for path, _, _ in OPERATIONS for method in ("HEAD", "OPTIONS")
    }
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule not in left_out and not rule.rule.startswith("/trial")
    }
    assert documented == routes


@every_operation
def test_an_operation_says_what_it_does(path, method, operation):
    assert operation["summary"].endswith(".")
    assert operation["tags"]


@every_operation
def test_each_failure_is_documented_as_a_problem(path, method, operation):
    for status, answer in operation["responses"].items():
        assert answer["description"]
        if status[0] in "45":
            assert list(answer["content"]) == [PROBLEM], status
            assert answer["content"][PROBLEM]["schema"]["$ref"].endswith(("Problem", "NotReady")), status


@every_operation
def test_an_operation_documents_the_failures_that_its_form_brings(path, method, operation):
    found = set(operation["responses"])
    wanted = {"500"}
    wanted |= {"404"} if "{" in path else set()
    wanted |= {"400", "411", "413", "415"} if "requestBody" in operation else set()
    wanted |= {"422"} if any(p["in"] == "query" for p in operation["parameters"]) else set()
    wanted |= {"401"} if operation.get("security") != [] else set()
    assert wanted <= found


@every_operation
def test_an_operation_documents_the_headers_that_it_reads_and_sends(path, method, operation):
    read = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
    assert "X-Request-ID" in read
    for status, answer in operation["responses"].items():
        assert "X-Request-ID" in answer["headers"], status
        assert ("Retry-After" in answer["headers"]) >= (status in {"429", "503"})
        assert ("WWW-Authenticate" in answer["headers"]) >= (status == "401")
    if "Accept-Language" in read:
        assert "Vary" in operation["responses"]["200"]["headers"]


def test_requests_that_are_made_once_or_later_say_so():
    operation = DOCUMENT["paths"]["/api/predict/eclo"]["post"]
    read = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
    assert {"Prefer", "Idempotency-Key", "Accept-Language"} <= read
    assert {"Location", "Retry-After"} <= set(operation["responses"]["202"]["headers"])


@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
def test_whatever_is_sent_is_answered_as_documented(case, running_house):
    case.call_and_validate(base_url=running_house.url, checks=CHECKS)


def holds(answer, path, method="GET"):
    """Assert that a real answer is what the document says of it."""
    operation = SCHEMA[path][method]
    operation.validate_response(answer)
    documented = DOCUMENT["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    missing = set(map(str.lower, documented["headers"])) & {"location", "etag", "retry-after"} - set(
        answer.headers
    )
    assert not missing
    return answer


def test_real_answers_are_as_documented(client):
    for path in ("/healthz", "/health", "/readyz", "/ready", "/metrics"):
        assert holds(client.get(path), path).status_code == 200
    one = holds(
        client.post("/api/predict/eclo", json={**ACCIDENT, "explain": True}), "/api/predict/eclo", "POST"
    )
    assert one.status_code == 200
    prediction = one.json()["prediction_id"]
    shown = holds(client.get(f"/api/predict/eclo/{prediction}"), "/api/predict/eclo/{prediction_id}")
    assert shown.status_code == 200
    later = client.post("/api/predict/eclo", json=ACCIDENT, headers={"Prefer": "respond-async"})
    assert holds(later, "/api/predict/eclo", "POST").status_code == 202
    batch = holds(
        client.post("/api/predict/eclo/batch", json={"items": [ACCIDENT] * 2}),
        "/api/predict/eclo/batch",
        "POST",
    )
    assert batch.status_code == 202
    batch_id = batch.json()["batch_id"]
    wait_for_state(client, batch_id, "succeeded")
    results = holds(client.get(batch.json()["results_url"]), "/api/predict/batch/{batch_id}/results")
    assert len(results.json()["results"]) == 2
    assert holds(client.get(f"/api/v1/jobs/{batch_id}"), "/api/v1/jobs/{job_id}").json()["attempts"]
    assert holds(client.get("/api/v1/jobs?limit=1"), "/api/v1/jobs").json()["next_cursor"]
    etag = client.get(f"/api/v1/jobs/{batch_id}").headers["ETag"]
    same = client.get(f"/api/v1/jobs/{batch_id}", headers={"If-None-Match": etag})
    assert holds(same, "/api/v1/jobs/{job_id}").status_code == 304
    for act in ("cancel", "retry"):
        path = "/api/v1/jobs/{job_id}/" + act
        assert holds(client.post(path.format(job_id=batch_id)), path, "POST").status_code == 409
    gone = client.delete(f"/api/v1/jobs/{batch_id}")
    assert holds(gone, "/api/v1/jobs/{job_id}", "DELETE").status_code == 204


def test_real_answers_about_files_are_as_documented(client):
    files = {"file": ("reviews.csv", b"n,text\n1,It is very good.\n2,\n")}
    sent = client.post("/api/v1/upload/file", files=files, data={"system": "reviews"})
    start, status, cancel = (
        "/api/v1/process/" + each for each in ("start", "status/{job_id}", "cancel/{job_id}")
    )
    job = holds(client.post(start, json={"upload_id": sent.json()["upload_id"]}), start, "POST")
    assert job.status_code == 202
    job_id = job.json()["job_id"]
    wait_for_state(client, job_id, "succeeded")
    assert holds(client.get(status.format(job_id=job_id)), status).json()["partial"] is True
    assert holds(client.post(cancel.format(job_id=job_id)), cancel, "POST").status_code == 409
    results = "/api/v1/results/{job_id}"
    shown = holds(client.get(results.format(job_id=job_id)), results).json()
    assert len(shown["rows"]) == shown["coverage"]["total"] == 2
    table = holds(client.get(results.format(job_id=job_id) + "?format=csv"), results)
    assert table.headers["Content-Type"].startswith("text/csv")


def body_of(kind, example):
    """Return an example as a client sends it."""
    if kind == "application/json":
        return {"json": example}
    texts = {name: [value] if isinstance(value, str) else value for name, value in example.items()}
    return {"files": [(name, ("example.csv", text)) for name, each in texts.items() for text in each]}


def test_the_examples_of_the_document_are_answered(client):
    there = client.post("/api/v1/upload/file", files={"file": ("a.csv", b"text\ngood\n")}).json()
    for path, method, operation in OPERATIONS:
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/offset+octet-stream" or path == "/api/v1/process/start" or "{" in path:
                continue  # goes on with an upload that there must be first
            if path.startswith(("/jobs/", "/api/v1/personality/", "/api/chat/")):
                continue  # asks a Directus, wants a picture or a data set: each system's own tests send it
            example = media["example"]
            if "upload_id" in example:
                example = {**example, "upload_id": there["upload_id"]}
            answer = client.request(method, path, **body_of(kind, example))
            assert answer.status_code in {200, 201, 202}, (path, answer.text)


def test_another_name_than_the_documented_ones_is_read_too(client):
    english = {**ACCIDENT, "weather": "clear", "road_surface": "dry", "district": "Jung-gu"}
    assert "clear" not in json.dumps(
        DOCUMENT["components"]["schemas"]["Accident"]["properties"]["weather"]["enum"]
    )
    assert client.post("/api/predict/eclo", json=english).status_code == 200
