"""The chat over HTTP: answers with evidence, talks, repeated questions, streams; each owner's own."""

from __future__ import annotations

import json

import pytest
import redis

from app.accidents.datasets import sample

TABLE = "구,날씨,n\n중구,비,3\n중구,맑음,4\n동구,비,5\n"


@pytest.fixture
def dataset(client):
    answer = client.post("/api/datasets/upload", files={"file": ("counts.csv", TABLE.encode())})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture
def caching_client(caching_web):
    """A client of a web process that keeps answers, which the stack's own does not, and a data set."""
    with caching_web.client() as own:
        answer = own.post("/api/datasets/upload", files={"file": ("counts.csv", TABLE.encode())})
        assert answer.status_code == 201, answer.text
        yield own, answer.json()["id"]


def say(client, message, dataset=None, conversation=None, **headers):
    body = {"message": message, "dataset_id": dataset, "conversation_id": conversation}
    return client.post("/api/chat/message", json={k: v for k, v in body.items() if v}, headers=headers)


def test_a_question_is_answered_with_evidence_that_can_be_asked_again(client, dataset):
    message = say(client, "n 합계는?", dataset).json()
    assert "12" in message["content"]
    assert message["evidence"][0]["rows"][0][0] == 12
    assert (message["model"], message["usage"]) == ("grammar", {"input_tokens": 0, "output_tokens": 0})
    assert client.get(f"/api/evidence/{message['evidence'][0]['id']}").status_code == 200


def test_a_severity_is_predicted_once_all_fields_are_there(client, dataset):
    first = say(
        client, "Predict the severity of a car to car crash in Jung-gu on 5 June 2017", dataset
    ).json()
    assert (first["refused"], first["evidence"]) == ("missing_fields", [])
    talk = first["conversation_id"]
    last = say(client, "clear, dry, intersection, at 2 pm", conversation=talk).json()
    fields = last["evidence"][0]["arguments"]
    predicted = client.post("/api/predict/eclo", json=fields).json()
    assert last["evidence"][0]["rows"][0][0] == predicted["eclo"]
    assert f"{predicted['eclo']:.1f}" in last["content"]


def test_a_talk_goes_on_is_listed_shown_and_erased(client, dataset):
    first = say(client, "중구 n 합계는?", dataset).json()
    talk = first["conversation_id"]
    assert "5" in say(client, "그럼 동구는?", conversation=talk).json()["content"]
    shown = client.get(f"/api/chat/conversations/{talk}").json()
    assert [each["question"] for each in shown["history"]] == ["중구 n 합계는?", "그럼 동구는?"]
    assert talk in [each["id"] for each in client.get("/api/chat/conversations").json()["conversations"]]
    assert client.delete(f"/api/chat/conversations/{talk}").status_code == 204
    assert client.get(f"/api/chat/conversations/{talk}").status_code == 404


def test_a_repeated_question_is_answered_from_the_cache_as_before(caching_client):
    client, dataset = caching_client
    before = say(client, "What is the sum of n?", dataset).json()
    again = say(client, "what is  the sum of n?", dataset).json()
    assert (before["cache_hit"], again["cache_hit"]) == (False, True)
    assert (again["content"], again["evidence"]) == (before["content"], before["evidence"])


def test_kept_answers_go_with_their_data_set(running_stack, caching_client):
    client, dataset = caching_client
    say(client, "n 평균은?", dataset)
    index = f"assay:chat:answers-of:{dataset}"
    with redis.Redis.from_url(running_stack.redis_url) as asked:
        kept = list(asked.smembers(index))
        assert len(kept) == 1
        assert client.delete(f"/api/datasets/{dataset}").status_code == 200
        assert not asked.exists(index, *kept)


def test_a_refusal_says_why_and_shows_no_rows(client, dataset):
    message = say(client, "내일 날씨 어때?", dataset).json()
    assert (message["refused"], message["evidence"]) == ("forecast", [])


def test_a_stream_ends_with_the_whole_answer(client, dataset):
    answer = say(client, "n 합계는?", dataset, Accept="text/event-stream")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    events = [event.split("\n") for event in answer.text.strip().split("\n\n")]
    assert events[0][0] == "event: start"
    assert "12" in json.loads(events[-1][1].removeprefix("data: "))["content"]


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": "  "}, {"message": "x" * 1001}])
def test_what_is_no_question_is_said_to_be_none(client, body):
    assert client.post("/api/chat/message", json=body).status_code == 422


def test_another_s_conversation_is_not_there(client):
    answer = say(client, "n?", conversation="01a201a8-a545-7034-8d00-5c7ba0d6afad")
    assert answer.status_code == 404


def test_without_a_data_set_the_synthetic_sample_is_asked_and_named(client):
    first = say(client, "How many accidents are there?")
    assert first.status_code == 200, first.text
    assert "synthetic" in first.json()["content"]
    assert "600" in first.json()["content"]
    again = say(client, "중구 사고는 몇 건이야?").json()
    assert again["dataset_id"] == first.json()["dataset_id"]  # one copy of it, not one a question
    assert "합성" in again["content"]


def test_the_sample_that_ships_is_what_its_script_draws():
    assert sample.content().decode() == sample.generate()
