"""What is refused is named with its value, and with what is right."""

from __future__ import annotations

import pytest

from tests.contract.problems import JSON, POSTS, problem
from tests.stacks import ACCIDENT

ID = "01a2019d-70fb-7099-b2b3-3d127dea4409"
START = "/api/v1/process/start"
TASKS = "/api/v1/reviews/tasks"


def nested(*accidents):
    return {"items": [{**ACCIDENT, **each} for each in accidents]}


@pytest.mark.parametrize(
    ("path", "field", "value", "right"),
    [
        ("/api/v1/jobs?limit=0", "limit", "0", "a whole number from 1 to 200"),
        ("/api/v1/jobs?limit=ten", "limit", "ten", "a whole number from 1 to 200"),
        ("/api/v1/jobs?cursor=zz", "cursor", "zz", "a UUID such as"),
        ("/api/v1/jobs?dead=perhaps", "dead", "perhaps", "true or false"),
        ("/api/v1/jobs?state=done", "state", "done", "one of received, queued"),
        ("/api/v1/jobs?system=A", "system", "A", "a text that matches ^[a-z]"),
        (f"{TASKS}?limit=201", "limit", "201", "a whole number from 1 to 200"),
        (f"{TASKS}?cursor=zz", "cursor", "zz", "a UUID such as"),
    ],
)
def test_a_query_is_refused_with_its_value_and_what_is_right(client, path, field, value, right):
    (row,) = problem(client.get(path), 422, "invalid_fields")["errors"]
    assert (row["field"], row["value"]) == (field, value)
    assert right in row["reason"]


@pytest.mark.parametrize(
    ("path", "body", "field", "value", "right"),
    [
        (TASKS, {"text": 5}, "text", 5, "a text of 1 to 512 characters"),
        (TASKS, {}, "text", None, "a text of 1 to 512 characters"),
        (TASKS, {"text": None}, "text", None, "a text of 1 to 512 characters"),
        (TASKS, {"text": "x", "language": "English"}, "language", "English", "`en`, `ko`, `id`"),
        (TASKS, {"text": "x", "explain": "yes"}, "explain", "yes", "true or false"),
        (TASKS, {"text": "x", "stars": [1, 2]}, "stars", "[1, 2]", "text, language, explain"),
        (START, {"upload_id": 5}, "upload_id", 5, "a UUID such as"),
        (START, {"upload_id": ID, "batch_id": ID}, "upload_id", f"{ID}, {ID}", "Exactly one"),
        (START, {}, "upload_id", None, "Exactly one"),
        (START, {"upload_id": ID, "system": 5}, "system", 5, "a text that matches"),
        (START, {"upload_id": ID, "options": []}, "options", "[]", "an object"),
        (START, {"upload_id": ID, "option": {}}, "option", "{}", "upload_id, batch_id, system, options"),
        (POSTS[0], {**ACCIDENT, "explain": 1}, "explain", 1, "true or false"),
        (POSTS[0], {**ACCIDENT, "colour": "red"}, "colour", "red", "weather, road_surface"),
        (POSTS[0], {**ACCIDENT, "accident_hour": 25}, "accident_hour", 25, "0 to 23"),
        (POSTS[0], {**ACCIDENT, "accident_hour": 10**90}, "accident_hour", "1" + "0" * 90, "0 to 23"),
        (POSTS[0], {**ACCIDENT, "weather": 7}, "weather", 7, "one of the allowed words is right"),
        (POSTS[1], {"items": []}, "items", "[]", "a list of 1 to 100 entries"),
        (POSTS[1], {"items": 5}, "items", 5, "a list of 1 to 100 entries"),
        (POSTS[1], {"items": [5]}, "items.0", 5, "an object"),
        (POSTS[1], nested({}, {"weather": "x"}), "items.1.weather", "x", "one of the allowed words is right"),
        (POSTS[1], nested({"colour": 1}), "items.0.colour", 1, "weather, road_surface"),
        (POSTS[1], {}, "items", None, "a list of 1 to 100 entries"),
    ],
)
def test_a_body_is_refused_with_its_value_and_what_is_right(client, path, body, field, value, right):  # noqa: PLR0917
    answer = client.post(path, json=body)
    status = 400 if path in POSTS else 422  # accidents have their API's own
    (row,) = problem(answer, status, "invalid_fields")["errors"]
    assert (row["field"], row["value"]) == (field, value)
    assert right in row["reason"]


def test_an_unknown_field_is_refused_with_those_that_there_are(client):
    (row,) = problem(client.post(TASKS, json={"text": "x", "stars": 3}), 422)["errors"]
    assert row["allowed"] == ["text", "language", "explain", "truncate", "by_sentence", "metadata"]


@pytest.mark.parametrize("field", ["api_key", "password", "Authorization", "token"])
def test_a_secret_that_came_to_the_wrong_place_is_not_shown(client, field):
    answer = client.post(TASKS, json={"text": "x", field: "hunter2"})
    (row,) = problem(answer, 422)["errors"]
    assert (row["field"], "hunter2" in answer.text) == (field, False)


def test_a_form_is_refused_with_its_value_and_what_is_right(client):
    file = {"file": ("mine.csv", b"text\ngood\n")}
    upload, batch = "/api/v1/upload/file", f"{TASKS}/batch"
    for answer, field, value, right in (
        (client.post(upload, files=file, data={"system": "none"}), "system", "none", "reviews"),
        (client.post(upload, files=file, data={"colour": "red"}), "colour", "colour", "file, system"),
        (client.post(upload, files={"file": ("a.csv", b"")}), "file", "a.csv", "at least one byte"),
        (client.post(batch, files=file, data={"language": "xx"}), "language", "xx", "`en`"),
        (
            client.post(batch, files=file, data={"text_column": "x" * 201}),
            "text_column",
            "x" * 200,
            "1 to 200",
        ),
    ):
        (row,) = problem(answer, 422)["errors"]
        assert (row["field"], row["value"]) == (field, value)
        assert right in row["reason"]


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_method=PUT", "_external=1", "_scheme=x", "_anchor=x", "values=1", "limits=1"]
)
def test_a_parameter_that_there_is_not_is_named(client, query):
    answer = client.get(f"/api/v1/jobs?limit=1&{query}")
    (row,) = problem(answer, 422, "invalid_fields")["errors"]
    assert row["field"] == query.partition("=")[0]
    assert "limit" in row["reason"]


@pytest.mark.parametrize(
    "value", ["x", "-1", "1.5", "9" * 30, "9" * 5000, "\u0663".encode().decode("latin-1")]
)
def test_a_last_event_id_that_is_none_is_a_400(client, value):
    job_id = client.post("/trial/work", json={}).json()["id"]
    headers = [(b"Last-Event-ID", value.encode("latin-1"))]
    problem(client.get(f"/api/v1/jobs/{job_id}/events", headers=headers), 400, "bad_request")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\u00e9"])
def test_an_idempotency_key_that_is_none_is_a_400(client, key):
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    for path, body in zip(POSTS, (ACCIDENT, {"items": [ACCIDENT]}), strict=True):
        problem(client.post(path, json=body, headers=headers), 400, "bad_request")


def test_text_that_is_no_unicode_is_refused_like_any_other(client):
    for body in (b'{"weather": "\\ud800"}', b'{"\\udfff": 1}', b'{"items": [{"weather": "\\ud800"}]}'):
        for path in POSTS:
            problem(client.post(path, content=body, headers=JSON), 400, "bad_request")


@pytest.mark.parametrize("body", [b'{"input": "\\u0000"}', b'{"input": "\\\\\\u0000"}', b'{"\\u0000": 1}'])
def test_text_with_a_nul_is_refused_since_it_cannot_be_stored(client, body):
    problem(client.post("/trial/echo", content=body, headers=JSON), 400, "bad_request")


def test_text_that_only_looks_like_a_nul_or_has_an_escaped_emoji_is_kept(client):
    body = b'{"input": {"n": "\\\\u0000 \\ud83d\\ude00 \\uD83D\\uDE00"}}'
    answer = client.post("/trial/echo", content=body, headers=JSON)
    assert answer.json()["result"]["n"] == "\\u0000 \U0001f600 \U0001f600"
