"""kill -9 at any moment of seeding: afterwards all of the run is there, or nothing."""

from __future__ import annotations

import random
import subprocess
import sys
import uuid
from contextlib import closing

import pytest

from tests.documents.conftest import tree
from tests.documents.test_directus_seeding import Run
from tests.house import ROOT, wait_for
from workers.documents.directus.seeding import end_open_runs

LIMITS = 240
ALL = {"segment": 1, "benefit": 1, "limit": LIMITS, "condition": 2, "exclusion": 1}
NOTHING = dict.fromkeys(ALL, 0)
MOMENTS = random.Random(20261126).sample(range(1, 45), 20)  # requests of a run after which its process dies


def killed_after(directus, engine, product_id, requests):
    """Seed a product in a process that dies when Directus has had some requests of it; return the run's id."""
    run_id = uuid.uuid4()
    before = len(directus.store.calls)
    arguments = [
        directus.url,
        directus.token,
        engine.url.render_as_string(hide_password=False),
        product_id,
        run_id,
        LIMITS,
    ]
    command = [sys.executable, "-m", "tests.documents.seed_once", *map(str, arguments)]
    popen = subprocess.Popen(command, cwd=ROOT)
    wait_for(
        lambda: len(directus.store.calls) - before >= requests or popen.poll() is not None, every_s=0.001
    )
    popen.kill()
    popen.wait()
    wait_for(lambda: directus.store.busy == 0, what="what was on its way to arrive")
    return run_id


@pytest.mark.slow("starts and kills twenty processes")
@pytest.mark.parametrize("requests", MOMENTS)
def test_a_run_that_is_killed_is_ended_whole_by_the_next(directus, engine, requests):
    killed_after(directus, engine, directus.product_id, requests)
    with closing(Run(engine, directus)) as found:
        end_open_runs(found.client, found.journal)
        assert directus.counts() in (NOTHING, ALL)
        found.seed(tree(limits=LIMITS))
    assert directus.counts() == ALL


@pytest.mark.slow("starts and kills twenty processes")
@pytest.mark.parametrize("requests", MOMENTS)
def test_a_run_that_is_killed_is_gone_on_with_by_its_next_attempt(directus, engine, requests):
    run_id = killed_after(directus, engine, directus.product_id, requests)
    with closing(Run(engine, directus, run_id=run_id)) as found:
        found.seed(tree(limits=LIMITS))
    assert directus.counts() == ALL


def test_a_run_that_is_killed_in_the_middle_leaves_nothing(directus, engine):
    killed_after(directus, engine, directus.product_id, 18)
    with closing(Run(engine, directus)) as found:
        end_open_runs(found.client, found.journal)
    assert directus.counts() in (NOTHING, ALL)
