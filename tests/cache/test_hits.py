"""The same question of the same owner is answered by the earlier job, and no other question is."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.cache.conftest import PATH, ask, ids, key_of, status
from tests.servers import ask as sql
from tests.stacks import job, wait_for, wait_for_state


def test_a_repeated_question_gets_the_earlier_id_and_body(client, accident):
    first, again = ask(client, accident), ask(client, accident)
    assert status(first) == "assay; fwd=miss; stored"
    assert status(again) == "assay; hit"
    assert again.content == first.content
    assert client.get(f"{PATH}/{ids(again)[0]}").content == first.content


def test_a_hit_makes_no_job(client, accident, database):
    ask(client, accident)
    before = sql(database, "SELECT count(*) FROM jobs")
    ask(client, accident)
    assert sql(database, "SELECT count(*) FROM jobs") == before


def test_the_order_of_members_and_the_language_of_the_answer_make_no_other_question(client, accident):
    first = ask(client, accident)
    turned = dict(reversed(accident.items()))
    english = ask(client, turned, Accept_Language="en")
    assert status(english) == "assay; hit"
    assert english.json()["prediction_id"] == first.json()["prediction_id"]
    assert english.json()["detail"] != first.json()["detail"]


@pytest.mark.parametrize(
    "other", [{"explain": True}, {"weather": "안개"}, {"violation": "과속"}], ids=["option", "input", "more"]
)
def test_another_question_is_a_miss(client, accident, other):
    first, second = ask(client, accident), ask(client, {**accident, **other})
    assert status(second) == "assay; fwd=miss; stored"
    assert len(set(ids(first, second))) == 2
    assert ("contributions" in second.json()) == ("explain" in other)


def test_nobody_gets_anothers_answer(stack, client, accident, keys_url):
    mine = ask(client, accident)
    key = {"Authorization": f"Bearer {key_of(stack, 'alice-' + ids(mine)[0])}"}
    with httpx.Client(base_url=keys_url, headers=key, timeout=30) as alice:
        first, again = ask(alice, accident), ask(alice, accident)
        assert status(first) == "assay; fwd=miss; stored"
        assert status(again) == "assay; hit"
        assert ids(first) == ids(again) != ids(mine)
        assert alice.get(f"{PATH}/{ids(again)[0]}").status_code == 200
        assert alice.get(f"{PATH}/{ids(mine)[0]}").status_code == 404
    assert ids(ask(client, accident)) == ids(mine)


def test_no_cache_gets_a_new_answer_which_is_given_from_then_on(client, accident):
    first = ask(client, accident)
    fresh = ask(client, accident, Cache_Control="no-cache")
    assert status(fresh) == "assay; fwd=request; stored"
    later = ask(client, accident)
    assert ids(first) != ids(fresh) == ids(later)


def test_no_store_gets_a_new_answer_which_is_not_kept(client, accident):
    first = ask(client, accident)
    fresh = ask(client, accident, Cache_Control="no-store")
    assert status(fresh) == "assay; fwd=request"
    assert ids(first) == ids(ask(client, accident)) != ids(fresh)


def test_who_will_not_wait_gets_a_job_of_his_own(client, accident):
    first = ask(client, accident)
    later = client.post(PATH, json=accident, headers={"Prefer": "respond-async"})
    assert status(later) is None
    made = later.headers["Location"].rpartition("/")[2]
    assert wait_for_state(client, made, "succeeded")["id"] != ids(first)[0]


def test_without_a_life_nothing_is_kept(stack, client, accident):
    stack.start("web", cache_ttl_s=0)
    with stack.client() as other:
        other.base_url = f"http://127.0.0.1:{stack.ports[-1]}"
        wait_for(lambda: other.get("/healthz").status_code == 200 if answers(other) else False)
        first, again = ask(other, accident), ask(other, accident)
    stack.webs[-1].kill()
    assert status(first) is status(again) is None
    assert ids(first) != ids(again)


def answers(client):
    try:
        client.get("/healthz")
    except httpx.HTTPError:
        return False
    return True


def test_look_ups_are_counted_by_system_and_what_came_of_them(client, accident):
    before = counted(client)
    for headers in ({}, {}, {}, {"Cache_Control": "no-cache"}):
        ask(client, accident, **headers)
    after = counted(client)
    assert {name: after[name] - before.get(name, 0) for name in after} == {"miss": 1, "hit": 2, "bypass": 1}


def counted(client):
    """Return the look-ups of the accidents system so far."""
    start = 'assay_cache_lookups_total{result="'
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith(start)]
    mine = [line.removeprefix(start) for line in lines if 'system="accidents"' in line]
    return {line.split('"')[0]: float(line.split()[-1]) for line in mine}


def test_a_key_that_met_a_hit_stands_for_the_job_that_answered(client, accident, store):
    first = ask(client, accident)
    key = {"Idempotency_Key": "k-" + ids(first)[0]}
    keyed = ask(client, accident, **key)
    assert status(keyed) == "assay; hit"
    for name in store.scan_iter("assay:cache*"):
        store.delete(name)  # the key must not need the cache to know its job
    again = ask(client, accident, **key)
    assert status(again) is None
    assert ids(first) == ids(keyed) == ids(again)
    other = client.post(
        PATH, json={**accident, "weather": "안개"}, headers={"Idempotency-Key": key["Idempotency_Key"]}
    )
    assert other.status_code == 422


def test_a_key_whose_job_was_erased_makes_a_new_one(client, accident):
    first = ask(client, accident)
    key = {"Idempotency_Key": "k-" + ids(first)[0]}
    ask(client, accident, **key)
    assert client.delete(f"/api/v1/jobs/{ids(first)[0]}").status_code == 204
    fresh = ask(client, accident, **key)
    assert ids(fresh) != ids(first)
    assert ids(fresh) == ids(ask(client, accident, **key))
    assert job(client, ids(fresh)[0])["state"] == "succeeded"


def test_a_keyed_question_that_was_a_miss_answers_those_without_a_key(client, accident):
    keyed = ask(client, accident, Idempotency_Key="first-" + json.dumps(accident["accident_hour"]))
    assert ids(keyed) == ids(ask(client, accident))
