"""The OpenAPI document tells the truth: what it says is tried on the running stack."""

from __future__ import annotations

import re
from functools import cache

import pytest

from app import create_app
from app.config import Settings
from tests.stacks import ACCIDENT, SECRET, wait_for_state

NOWHERE = "postgresql+psycopg2://nobody/none"


@cache
def document_of(**settings):
    """Return the document of a service with some settings; making it takes seconds."""
    app = create_app(Settings(secret_key=SECRET, database_url=NOWHERE, **settings))
    return app.test_client().get("/openapi.json").json


DOCUMENT = document_of()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method != "parameters"
]
PROBLEM = "application/problem+json"
NOBODYS, NUMBERS = "01a2019d-70fb-7099-b2b3-3d127dea4409", {"position", "page", "file", "face"}
VERB = "(abandon|append|cancel|change|compare|create|describe|download|erase|follow|list|measure|override|retry|revoke|send|share|show|start|upload)"


def each_of(operations):
    """Return a mark that asks a test of each of some operations."""
    names = [f"{method} {path}" for path, method, _ in operations]
    return pytest.mark.parametrize(("path", "method", "operation"), operations, ids=names)


every_operation = each_of(OPERATIONS)
# One of each part of the API; the slow tier sends the same, and more, to all.
first_operations = each_of(
    list(
        {
            operation["tags"][0]: (path, method, operation)
            for path, method, operation in reversed(OPERATIONS)
        }.values()
    )
)


def test_the_document_is_valid_openapi():
    assert DOCUMENT["openapi"].startswith("3.1.")
    schema().validate()


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
def test_a_query_parameter_that_nothing_reads_is_refused_by_its_name(client, path, method, operation):
    if "security" in operation:
        return  # asks who it is first
    where = re.sub(r"\{(\w+)\}", lambda part: "1" if part[1] in NUMBERS else NOBODYS, path)
    answer = client.request(method, where, params={"nonsense": "1"}, headers={"Tus-Resumable": "1.0.0"})
    if method == "options":
        return  # says what there is, whatever is asked
    assert answer.status_code == 422, answer.text
    if method != "head":
        (row,) = [row for row in answer.json()["errors"] if row["field"] == "nonsense"]
        assert row["value"] == "1"


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
    statuses = set(operation["responses"])
    wanted = {"414", "500"}
    wanted |= {"404"} if "{" in path else set()
    wanted |= {"400", "411", "413", "415"} if "requestBody" in operation else set()
    wanted |= {"422"} if any(p["in"] == "query" for p in operation["parameters"]) else set()
    assert wanted <= statuses
    assert ("401" in statuses) == ("security" in operation)
    asked = document_of(auth_mode="keys")["paths"][path][method]
    assert ("401" in asked["responses"]) == (asked.get("security") != [])


def test_a_service_that_is_open_documents_no_key():
    assert document_of(auth_mode="keys")["security"] == [{"key": []}]
    assert "security" not in DOCUMENT
    assert list(DOCUMENT["components"]["securitySchemes"]) == ["directus"]
    asked = [path for path, _, operation in OPERATIONS if "security" in operation]
    assert asked == ["/jobs/analysis", "/jobs/cleanup", "/jobs/{job_id}/status"]


def test_each_operation_has_a_verb_of_its_own_as_its_name():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert not [name for name in names if not re.fullmatch(VERB + "(_[a-z]+)+", name)]
    assert DOCUMENT["paths"]["/api/predict/eclo"]["post"]["operationId"] == "create_prediction"


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


@cache
def schema():
    """Return the document as schemathesis reads it, which is loaded here: it takes seconds in each test process."""
    import schemathesis

    read = schemathesis.openapi.from_dict(DOCUMENT)
    # What tus answers to another version of it, and to what is too long.
    read.config.checks.negative_data_rejection.expected_statuses += ["412", "413", "414"]
    schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
    return read


@pytest.fixture(scope="module")
def session():
    """Connections that are kept: opening one for each request takes as long as its answer."""
    import requests

    with requests.Session() as kept:
        yield kept


def tried(session, stack, path, method, *, drawn=0):
    """Send an operation what schemathesis makes of its document: the edges of each value, then drawn ones.

    The plugin of schemathesis would make all of it where tests are collected: in every test process.
    """
    import hypothesis
    from schemathesis import checks
    from schemathesis.generation.feedback import FeedbackSources
    from schemathesis.pytest._test_builder import build_operation_test
    from schemathesis.specs.openapi import checks as of_openapi

    calls = []
    kept = [
        checks.not_a_server_error,
        of_openapi.status_code_conformance,
        of_openapi.content_type_conformance,
        of_openapi.response_headers_conformance,
        of_openapi.response_schema_conformance,
        of_openapi.negative_data_rejection,
    ]

    @hypothesis.settings(
        max_examples=max(1, drawn),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, *([hypothesis.Phase.generate] if drawn else [])],
    )
    def sent(case):
        calls.append(case)
        case.call_and_validate(base_url=stack.url, session=session, checks=kept, timeout=60)  # pictures wait

    read = schema()
    run = build_operation_test(
        config=read.config,
        operation=read[path][method],
        test_func=sent,
        given_kwargs={},
        feedback=FeedbackSources(),
    )
    run()
    assert calls, "else nothing was tried"


@first_operations
def test_whatever_is_sent_is_answered_as_documented(session, running_stack, path, method, operation):
    tried(session, running_stack, path, method)


@pytest.mark.slow("sends the edges to every operation, and draws fifty more for each")
@every_operation
def test_whatever_else_is_sent_is_answered_as_documented(session, running_stack, path, method, operation):
    tried(session, running_stack, path, method, drawn=50)


def holds(answer, path, method="GET"):
    """Assert that a real answer is what the document says of it."""
    operation = schema()[path][method]
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


FORM = "multipart/form-data"
FORMS = [
    (path, op["requestBody"])
    for path, _, op in OPERATIONS
    if FORM in op.get("requestBody", {}).get("content", {})
]


@pytest.mark.parametrize(("path", "body"), FORMS, ids=[path for path, _ in FORMS])
def test_a_field_of_a_form_that_cannot_be_stored_is_refused(client, path, body):
    fields = body["content"][FORM]["schema"]["properties"]
    texts = [name for name, each in fields.items() if "binary" not in str(each)]
    for name in texts:
        sent = [(name, (None, b"a\x00b")), ("file", ("a.csv", b"text\ngood\n"))]
        answer = client.post(path, files=sent)
        assert answer.status_code == 422, (name, answer.text)
        assert "U+0000" in answer.json()["detail"]


def test_a_line_that_is_too_long_is_answered_as_documented(client):
    long = client.get("/api/v1/jobs", params={"system": "x" * 5000})
    assert holds(long, "/api/v1/jobs").status_code == 414
    assert long.json()["code"] == "uri_too_long"


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


def test_where_other_names_are_read_no_list_of_words_is_closed(client):
    english = {**ACCIDENT, "weather": "clear", "road_surface": "dry", "district": "Jung-gu"}
    properties = DOCUMENT["components"]["schemas"]["Accident"]["properties"]
    assert "맑음" in properties["weather"]["x-canonical"]
    assert not [name for name, each in properties.items() if "enum" in each]
    assert client.post("/api/predict/eclo", json=english).status_code == 200
