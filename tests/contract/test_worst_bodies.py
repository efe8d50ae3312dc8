"""The worst body that a route can be sent costs it little time, and the answer stays small."""

from __future__ import annotations

import json
import re
import time

import pytest

MEGABYTE = 1_000_000
LIMIT_S = 0.5  # of processor time
ANSWER_BYTES = 100_000


def filled(unit, start="", end=""):
    """Return about a megabyte of one unit over and over."""
    return start + unit * ((MEGABYTE - len(start) - len(end) - 100) // len(unit)) + end


WORST = {
    "empty items": filled("{},", '{"items":[', "{}]}"),
    "empty accidents": filled("{},", '{"accidents":[', "{}]}"),
    "one key many times": filled('"a":1,', "{", '"b":1}'),
    "many keys": "{" + ",".join(f'"k{n}":1' for n in range(70_000)) + "}",
    "keys twice": "{" + ",".join(f'"k{n}":1' for n in [*range(35_000), *range(35_000)]) + "}",
    "one long key": json.dumps({"x" * (MEGABYTE - 100): 1}),
    "one long text": json.dumps({"text": "a" * (MEGABYTE - 200)}),
    "blanks in a text": json.dumps({"text": " " * (MEGABYTE - 200), "weather": " " * 99}),
    "deep": "[" * (MEGABYTE // 2) + "]" * (MEGABYTE // 2 - 1),
    "backslashes": '"' + "\\" * (MEGABYTE - 100) + '"',
    "a large number": '{"accident_hour": ' + "9" * (MEGABYTE - 100) + "}",
    "numbers": filled("1,", '{"upload_id":[', "1]}"),
    "ids": filled('"01a2019d-70fb-7099-b2b3-3d127dea4409",', '{"upload_id":[', '""]}'),
}
ID = "01a2019d-70fb-7099-b2b3-3d127dea4409"


def post_routes(app):
    """Return the path of every route that takes a POST, with an id of nothing where one belongs."""
    rules = (rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()))
    rules = (rule for rule in rules if not rule.rule.startswith("/trial"))  # it promises nothing
    return sorted(re.sub(r"<[^>]+>", ID, rule.rule) for rule in rules)


@pytest.mark.parametrize("name", WORST)
def test_no_body_of_a_megabyte_is_expensive_anywhere(app, name):
    body = WORST[name].encode()
    assert len(body) <= MEGABYTE
    client = app.test_client()
    for path in post_routes(app):
        spent = []
        for _ in range(3):  # the least counts: other processes empty the caches of this one
            begun = time.process_time()
            answer = client.post(path, data=body, content_type="application/json")
            spent.append(time.process_time() - begun)
            if spent[-1] < LIMIT_S:
                break
        assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text[:200])
        assert len(answer.data) < ANSWER_BYTES, path
        assert min(spent) < 2 * LIMIT_S, (path, spent)


def test_more_values_than_any_route_needs_are_refused_before_they_are_parsed(client):
    answer = client.post("/api/v1/mood/predict", json={"records": [[]] * 50_000})
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")
    assert "100001 commas and brackets; 50000 are allowed" in answer.json()["detail"]


def test_a_table_of_blanks_is_sniffed_at_once():
    from app.files.uploads.detect import detect

    for head in (
        b"a,b\n1" + b" " * 60_000 + b"x,b",
        b"a,b\n" + b"1" * 60_000 + b"x,b",
        b"a;" * 30_000,
        b'"' * 65_000,
    ):
        begun = time.process_time()
        detect(head)
        assert time.process_time() - begun < 2 * LIMIT_S


def test_an_answer_names_twenty_errors_at_most(client):
    answer = client.post("/api/predict/eclo/batch", json={"items": [{}] * 100})
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 20
    assert answer.json()["detail"].startswith("The first 20 problems")
    too_many = client.post("/api/predict/eclo/batch", json={"items": [{}] * 4000})
    assert [row["field"] for row in too_many.json()["errors"]] == ["items"]


def test_a_long_name_is_cut(client):
    answer = client.post("/api/predict/eclo", json={"n" * 5000: 1})
    assert max(len(row["field"]) for row in answer.json()["errors"]) <= 100
