"""Redis and memory keep answers alike."""

from __future__ import annotations

import pytest
from uuid_utils.compat import uuid7

from app.jobs.realtime import answer_stores, cache
from app.jobs.realtime.answer_stores import MemoryStore, RedisStore


@pytest.fixture(params=["memory", "redis"])
def kept(request, inside):
    """Each store, and a key of its own."""
    with inside.made(cache=request.param, cache_entries=3).app.app_context():
        made = answer_stores.store()
        assert isinstance(made, MemoryStore if request.param == "memory" else RedisStore)
        made.forget([])
        yield made


def key() -> str:
    return f"{answer_stores.ENTRY}{uuid7()}"


def test_what_is_kept_comes_back_until_it_is_dropped(kept):
    name, job_id = key(), uuid7()
    assert kept.get(name) is None
    assert not kept.holds(job_id)
    assert kept.keep(name, b"answer", job_id, ttl_s=60)
    assert kept.get(name) == b"answer"
    assert kept.holds(job_id)
    kept.drop(name)
    assert kept.get(name) is None
    assert not kept.holds(job_id)


def test_of_a_forgotten_job_nothing_is_left_and_nothing_is_kept_again(kept):
    name, job_id, other = key(), uuid7(), key()
    kept.keep(name, b"answer", job_id, ttl_s=60)
    kept.forget([job_id, uuid7()])
    assert kept.get(name) is None
    assert not kept.holds(job_id)
    assert not kept.keep(other, b"late", job_id, ttl_s=60)
    assert kept.get(other) is None


def test_the_oldest_makes_room(kept, monkeypatch):
    names, jobs = [key() for _ in range(4)], [uuid7() for _ in range(4)]
    for second, (name, job_id) in enumerate(zip(names, jobs, strict=True)):
        monkeypatch.setattr(answer_stores.time, "time", lambda second=second: 4_000_000_000 + second)
        kept.keep(name, b"answer", job_id, ttl_s=60)
    assert kept.get(names[0]) is None
    assert [kept.get(name) for name in names[1:]] == [b"answer"] * 3
    kept.forget(jobs)


def test_what_is_kept_in_memory_ends_by_itself(monkeypatch):
    store, clock = MemoryStore(10), iter(range(0, 1000, 50))
    monkeypatch.setattr(answer_stores.time, "monotonic", lambda: float(next(clock)))
    name, job_id = key(), uuid7()
    store.keep(name, b"answer", job_id, ttl_s=60)
    assert store.get(name) == b"answer"
    assert store.get(name) is None
    assert not store.holds(job_id)


def test_a_question_is_answered_again_out_of_memory_until_its_job_is_gone(inside, accident):
    made = inside.made(cache="memory", cache_ttl_s=60)
    with made.request():
        question = made.question(input=accident)
        assert cache.find(question) is None
        outcome = made.answered(question, n=1)
        cache.keep(question, outcome)
        assert cache.find(made.question(input=accident)).id == outcome.id
        answer_stores.store().forget([outcome.id])
        assert cache.find(made.question(input=accident)) is None
