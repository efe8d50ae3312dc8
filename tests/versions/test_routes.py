"""What is said of the models: all of their cards, who is live, and nothing of this machine."""

from __future__ import annotations

import tomllib

import pytest

from app.systems import SYSTEMS
from tests.stacks import ROOT

PATH = "/api/v1/models"


def strings(value):
    """Yield every key and every string of a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def test_every_system_is_listed_and_shown_alone_alike(client):
    listed = client.get(PATH).json()["models"]
    assert [model["system"] for model in listed] == sorted([*(s.name for s in SYSTEMS), "trial"])
    for model in listed:
        assert client.get(f"{PATH}/{model['system']}").json() == model


@pytest.mark.parametrize("system", SYSTEMS, ids=[system.name for system in SYSTEMS])
def test_a_models_cards_are_shown_whole(client, system):
    folder = ROOT / "workers" / system.name / "weights"
    written = [tomllib.loads(path.read_text()) for path in sorted(folder.glob("*/card.toml"))]
    shown = client.get(f"{PATH}/{system.name}").json()
    assert shown["title"] == system.title
    assert shown["versions"] == written
    for card in shown["versions"]:
        assert {"version", "sha256", "metrics", "data", "licence", "limits"} <= set(card)


def test_the_live_versions_are_shown_with_their_shares(client):
    shown = client.get(f"{PATH}/trial").json()
    assert shown["live"] == [{"version": "trial-0", "share": 0.3}, {"version": "trial-1", "share": 0.7}]
    assert client.get(f"{PATH}/accidents").json()["live"] == [{"version": "2026.11", "share": 1.0}]


def test_no_path_of_this_machine_is_shown(client):
    texts = list(strings(client.get(PATH).json()))
    assert not [text for text in texts if text.startswith(("/", "~")) or str(ROOT) in text]


def test_a_system_that_there_is_none_of_is_a_404_that_names_those_there_are(client):
    answer = client.get(f"{PATH}/moods")
    assert answer.status_code == 404
    named = ", ".join(sorted([*(s.name for s in SYSTEMS), "trial"]))
    assert answer.json()["detail"] == f"There is no system 'moods'; there are: {named}."


@pytest.mark.parametrize("path", [PATH, f"{PATH}/trial"])
def test_what_one_has_already_is_not_sent_again(client, path):
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_another_plan_has_another_etag(stack, client):
    before = client.get(f"{PATH}/trial").headers["ETag"]
    other = stack.app(model_versions="trial=trial-0").test_client()
    assert other.get(f"{PATH}/trial").headers["ETag"] != before


def test_who_may_not_ask_is_not_told(stack):
    other = stack.app(auth_mode="keys").test_client()
    assert other.get(PATH).status_code == 401
    assert other.get(f"{PATH}/trial").status_code == 401
