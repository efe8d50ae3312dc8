"""What every failure answers, and the routes that may fail."""

from __future__ import annotations

import json
import re
import uuid
from http import HTTPStatus

from tests.stacks import ACCIDENT

# how a reason says what would be right
REMEDY = re.compile(
    r"is right|are right|It is not (a|an|one of|true) |there are: |the fields are: |these do: |may be|"
    r"in `allowed`|is not a whole number from|that month has the days|may have at most|[a-z] reads? "
)
PROBLEM = "application/problem+json"
MEMBERS = {"type", "title", "status", "detail", "message", "instance", "request_id", "code", "errors"}
JSON = {"Content-Type": "application/json"}
POSTS = ("/api/predict/eclo", "/api/predict/eclo/batch")
BODY = json.dumps(ACCIDENT, ensure_ascii=False)


def problem(answer, status, code=None):
    """Assert that an answer is a problem of a status, and return it."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["Content-Type"] == PROBLEM
    body = answer.json()
    assert set(body) == MEMBERS
    assert body["status"] == status
    assert body["title"] == HTTPStatus(status).phrase
    assert body["instance"] == answer.request.url.path
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["type"] == f"urn:assay:problem:{body['code']}"
    assert body["detail"]
    assert code is None or body["code"] == code
    for row in body["errors"]:
        assert {"field", "reason", "value"} <= set(row) <= {"field", "reason", "value", "allowed"}
        assert len(json.dumps(row["value"], ensure_ascii=False)) <= 420, "shortened"
        assert REMEDY.search(row["reason"]), row
    assert answer.headers["Cache-Control"] == "no-store"
    return body


def rules(app):
    """Return every rule of the service itself."""
    return sorted(
        (rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/trial")),
        key=lambda rule: rule.rule,
    )


def path_of(rule, value=None):
    """Return a path that a rule matches, with one value for each of its variables."""
    return rule.build({name: value or uuid.uuid4() for name in rule.arguments})[1]


def ids_of(rule):
    """Return the names of a rule's variables that are ids."""
    return [
        name for name, converter in rule._converters.items() if type(converter).__name__ == "UUIDConverter"
    ]
