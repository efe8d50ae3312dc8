"""kill -9 at any moment of seeding: afterwards all of the run is there, or nothing."""

from __future__ import annotations

import os
import random
import signal
import uuid
from contextlib import closing

import pytest
from sqlalchemy import NullPool, create_engine

from tests.documents.conftest import tree
from tests.documents.runs import Run
from tests.stacks import wait_for
from workers.documents.directus.seeding import end_open_runs

LIMITS = 240
ALL = {"segment": 1, "benefit": 1, "limit": LIMITS, "condition": 2, "exclusion": 1}
NOTHING = dict.fromkeys(ALL, 0)
MOMENTS = random.Random(20261126).sample(range(1, 45), 20)  # requests of a run after which its process dies


def killed_after(directus, engine, requests):
    """Seed a product in a process that dies when Directus has had some requests of it; return the run's id."""
    run_id, before = uuid.uuid4(), len(directus.store.calls)
    pid = os.fork()
    if not pid:
        _seed_and_leave(directus, engine, run_id)
    ended = []

    def may_die():
        ended.append(os.waitpid(pid, os.WNOHANG)[0])
        return len(directus.store.calls) - before >= requests or ended[-1]

    wait_for(may_die, timeout_s=120, every_s=0.001)
    if not ended[-1]:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    wait_for(lambda: directus.store.busy == 0, what="what was on its way to arrive")
    return run_id


def _seed_and_leave(directus, engine, run_id):
    """Do one run, in a forked child, with connections of its own."""
    try:
        own = create_engine(engine.url, poolclass=NullPool)
        Run(own, directus, run_id=run_id).seed(tree(limits=LIMITS))
    finally:
        os._exit(0)


@pytest.mark.slow("kills twenty processes")
@pytest.mark.parametrize("requests", MOMENTS)
def test_a_run_that_is_killed_is_ended_whole_by_the_next(directus, engine, requests):
    killed_after(directus, engine, requests)
    with closing(Run(engine, directus)) as killed:
        end_open_runs(killed.client, killed.journal)
        assert directus.counts() in (NOTHING, ALL)
        killed.seed(tree(limits=LIMITS))
    assert directus.counts() == ALL


@pytest.mark.slow("kills twenty processes")
@pytest.mark.parametrize("requests", MOMENTS)
def test_a_run_that_is_killed_is_gone_on_with_by_its_next_attempt(directus, engine, requests):
    run_id = killed_after(directus, engine, requests)
    with closing(Run(engine, directus, run_id=run_id)) as later:
        later.seed(tree(limits=LIMITS))
    assert directus.counts() == ALL


def test_a_run_that_is_killed_in_the_middle_leaves_nothing(directus, engine):
    killed_after(directus, engine, 18)
    with closing(Run(engine, directus)) as later:
        end_open_runs(later.client, later.journal)
    assert directus.counts() in (NOTHING, ALL)
