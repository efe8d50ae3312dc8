"""What is kept ends with its job, is worth nothing if we did not write it, and says nothing by itself."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from app.jobs.realtime import cache
from tests.cache.conftest import PATH, ask, ids, status
from tests.servers import ask as sql
from tests.stacks import wait_for


def kept_of(store, job_id):
    """Return the key of a job's answer."""
    return store.get(f"assay:cached:{job_id}")


def test_erasing_a_job_kills_its_answer(client, accident, store):
    first = ask(client, accident)
    job_id = ids(first)[0]
    key = kept_of(store, job_id)
    assert store.exists(key)
    assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 204
    assert not store.exists(key)
    assert job_id not in store.zrange("assay:cache", 0, -1)
    fresh = ask(client, accident)
    assert status(fresh) == "assay; fwd=miss; stored"
    assert ids(fresh) != ids(first)


def test_the_expiry_of_a_job_kills_its_answer(client, accident, store, database):
    first = ask(client, accident)
    job_id = ids(first)[0]
    key = kept_of(store, job_id)
    sql(database, f"UPDATE jobs SET expires_at = now() - interval '1 s' WHERE id = '{job_id}'")
    wait_for(lambda: not store.exists(key), what="the sweep to kill the answer")
    wait_for(lambda: client.get(f"{PATH}/{job_id}").status_code == 410, what="the job to expire")
    assert ids(ask(client, accident)) != ids(first)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM jobs WHERE id = '{}'",
        "UPDATE jobs SET state = 'expired' WHERE id = '{}'",
        "UPDATE jobs SET owner = 'another' WHERE id = '{}'",
    ],
    ids=["lost", "expired", "another's"],
)
def test_an_answer_whose_row_is_gone_is_not_given(client, accident, database, store, change):
    first = ask(client, accident)
    sql(database, change.format(ids(first)[0]))
    assert store.exists(kept_of(store, ids(first)[0]))
    fresh = ask(client, accident)
    assert status(fresh) == "assay; fwd=miss; stored"
    assert ids(fresh) != ids(first)


def forgeries(data, other):
    """Return values that we did not put under this key."""
    signature, body = data.split(".", 1)
    return {
        "changed": f"{signature}.{body.replace('eclo', 'olce')}",
        "unsigned": body,
        "another's": other,
        "empty": "",
        "bytes": "\x00\x01.{}",
    }


@pytest.mark.parametrize("kind", forgeries("a.b", "c"))
def test_a_forged_or_broken_value_is_ignored_removed_and_logged(stack, client, accident, store, kind):
    first = ask(client, accident)
    other = ask(client, {**accident, "violation": "과속"})
    key, moved = (kept_of(store, ids(answer)[0]) for answer in (first, other))
    store.set(key, forgeries(store.get(key), store.get(moved))[kind])
    fresh = ask(client, accident, Cache_Control="max-age=60")
    assert status(fresh) == "assay; fwd=miss; stored"
    assert ids(fresh) not in (ids(first), ids(other))
    assert ids(ask(client, accident)) == ids(fresh)
    refused = [line for line in stack.of("web")[0].lines() if line["event"] == "cached_answer_refused"]
    assert refused


def test_keys_and_values_say_nothing_of_who_asked_what(client, accident, store):
    ask(client, accident)
    names = [name for name in store.scan_iter("assay:cache*") if name != "assay:cache"]
    assert all(re.fullmatch(r"assay:cache:[0-9a-f]{64}|assay:cached:[0-9a-f-]{36}", name) for name in names)
    values = [store.get(name) for name in names]
    for word in (accident["district"], accident["weather"], "accident_hour", "severity", "local"):
        assert not [value for value in values if word in value]


def test_a_key_cannot_be_made_without_the_secret(inside):
    question, keys = inside.question(), set()
    for secret_key in ("a" * 32, "b" * 32):
        with inside.made(secret_key=secret_key).request():
            keys.add(cache._key(question, "trial-1"))
    assert len(keys) == 2


def test_an_answer_that_comes_after_its_jobs_erasure_is_not_kept(inside, store):
    from app.extensions import db
    from app.jobs.models import Job

    with inside.request():
        question = inside.question(input={"late": True})
        assert cache.find(question) is None
        outcome = inside.answered(question, n=1)
        cache.forget([db.session.get(Job, question.id)])
        cache.keep(question, outcome)
        assert kept_of(store, question.id) == "erased"
        assert str(question.id) not in store.zrange("assay:cache", 0, -1)
        assert cache.find(question) is None


def test_another_version_has_other_answers(inside):
    old, new = (inside.made(model_versions=f"trial={version}") for version in ("trial-0", "trial-1"))
    with old.request():
        question = old.question(input={"which": 1})
        assert cache.find(question) is None
        cache.keep(question, old.answered(question, version="trial-0"))
        assert cache.find(old.question(input={"which": 1})).result == {"version": "trial-0"}
    with new.request():
        assert cache.find(new.question(input={"which": 1})) is None


def test_an_answer_is_kept_for_the_version_that_gave_it(inside):
    web, worker = (inside.made(model_versions=f"trial={version}") for version in ("trial-0", "trial-1"))
    with worker.request():
        question = worker.question(input={"rollout": 1})
        outcome = worker.answered(question, version="trial-1")
    with web.request():
        assert cache.find(question) is None
        cache.keep(question, outcome)
        assert cache.find(web.question(input={"rollout": 1})) is None
    with worker.request():
        assert cache.find(worker.question(input={"rollout": 1})).model_version == "trial-1"


def test_a_task_that_is_not_cacheable_keeps_nothing(inside, store):
    with inside.request():
        question = inside.question(task="work", input={"not": "kept"})
        assert cache.find(question) is None
        cache.keep(question, inside.answered(question))
        assert kept_of(store, question.id) is None


def test_the_oldest_answers_make_room(inside, store):
    store.delete("assay:cache")
    small = inside.made(cache_entries=3)
    with small.request():
        questions = [small.question(input={"n": number}) for number in range(5)]
        for question in questions:
            assert cache.find(question) is None
            cache.keep(question, small.answered(question))
        hits = [cache.find(small.question(input={"n": number})) for number in range(5)]
    assert [outcome and outcome.id for outcome in hits] == [
        None,
        None,
        *(UUID(str(q.id)) for q in questions[2:]),
    ]
    assert kept_of(store, questions[0].id) is None


@pytest.mark.parametrize(("cache_ttl_s", "retention_days", "most"), [(50, 30, 50), (10**9, 1, 86_400)])
def test_an_answer_lives_no_longer_than_it_may(inside, store, cache_ttl_s, retention_days, most):
    short = inside.made(cache_ttl_s=cache_ttl_s, retention_days=retention_days)
    with short.request():
        question = short.question(input={"ttl": most})
        assert cache.find(question) is None
        cache.keep(question, short.answered(question))
    for name in (kept_of(store, question.id), f"assay:cached:{question.id}"):
        assert most - 10 <= store.ttl(name) <= most
    assert store.ttl("assay:cache") > 0


@pytest.mark.parametrize(("days_of_systems", "days"), [("trial=2", 2), ("accidents=2", 5)])
def test_an_answer_lives_no_longer_than_its_systems_jobs(inside, store, days_of_systems, days):
    kept = inside.made(cache_ttl_s=10**9, retention_days=5, system_retention_days=days_of_systems)
    with kept.request():
        question = kept.question(input={"days": days})
        assert cache.find(question) is None
        cache.keep(question, kept.answered(question))
    assert days * 86_400 - 10 <= store.ttl(kept_of(store, question.id)) <= days * 86_400


def test_while_redis_is_away_nothing_is_given_and_nothing_breaks(stack, client, accident, broker, inside):
    first = ask(client, accident)
    broker.stop()
    answer = client.post(PATH, json=accident)
    assert answer.status_code == 503
    assert client.delete(f"/api/v1/jobs/{ids(first)[0]}").status_code == 204
    with inside.request():
        question = inside.question()
        outcome = inside.answered(question)
        assert cache.find(question) is None
        cache.keep(question, outcome)
    broker.start()
    stack.ready()
    assert ids(ask(client, accident)) != ids(first)
