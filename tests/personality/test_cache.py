"""A repeated picture is a hit for its owner, and erasure takes everything with it."""

from __future__ import annotations

import pytest

from tests.contract.problems import problem
from tests.personality.asking import predict
from tests.personality.test_api import picture
from tests.servers import ask as ask_database


@pytest.fixture
def client(caching_web):
    """An HTTP client of a process that gives answers again."""
    with caching_web.client() as http:
        yield http


def test_a_repeated_picture_is_answered_by_the_earlier_prediction(client):
    content = picture(11)
    first = predict(client, content, "a.png", method="middle").json()
    again = predict(client, content, "other-name.png", method="middle")
    assert "hit" in again.headers["Cache-Status"]
    assert again.json()["cached"] is True
    assert again.json()["prediction_id"] == first["prediction_id"]
    assert again.json()["files"] == first["files"]


@pytest.mark.parametrize(
    "other", [{"tta": "true"}, {"all_faces": "true"}, {"explain": "true"}, {"frames": "3"}]
)
def test_other_options_are_another_question(client, other):
    content = picture(12)
    first = predict(client, content, "a.png", method="middle").json()
    again = predict(client, content, "a.png", method="middle", **other).json()
    assert again["cached"] is False
    assert again["prediction_id"] != first["prediction_id"]


def test_the_cache_is_not_read_without_consent(client):
    content = picture(13)
    assert predict(client, content, "a.png", method="middle").status_code == 200
    problem(predict(client, content, "a.png", method="middle", consent="false"), 422, "consent_required")


def test_an_erased_prediction_is_gone_and_counted_and_asked_anew(client, running_stack, postgres_server):
    content = picture(14)
    first = predict(client, content, "a.png", method="middle").json()
    job_id = first["prediction_id"]
    keys = ask_database(
        postgres_server,
        f"SELECT u.storage_key FROM uploads u, jobs j WHERE j.id = '{job_id}' AND j.input->'upload_ids' ? u.id::text",
    )
    files = lambda: [path for (key,) in keys for path in (running_stack.folder / "files").rglob(f"{key}*")]  # noqa: E731
    assert len(files()) == 1
    erased = client.delete(first["links"]["self"])
    assert erased.status_code == 200, erased.text
    assert set(erased.json()["left"].values()) == {0}
    assert not files()
    problem(client.get(first["links"]["self"]), 404, "not_found")
    again = predict(client, content, "a.png", method="middle").json()
    assert again["cached"] is False
    assert again["prediction_id"] != job_id
