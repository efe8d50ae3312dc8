"""Many analyses at once, with several workers."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.documents.analyses import (  # noqa: F401 - fixtures
    WORDING,
    accepted,
    caller,
    ended,
    installed,
    model_url,
    rows_of,
    served,
    settings,
)
from tests.faults.conftest import (  # noqa: F401 - fixtures
    broker,
    database,
    module_stack,
    servers,
    stack,
    started_stack,
)


@pytest.mark.slow("starts three more workers")
def test_fifteen_analyses_at_once_with_four_workers_all_end_well(caller, stack, installed):
    more = [stack.start("batch", "documents") for _ in range(3)]
    file = installed.store.add_file("wording.md", WORDING, "text/markdown")
    products = [str(uuid.uuid4()) for _ in range(15)]
    installed.store.create("dcm_product", [{"id": each, "document_file": file} for each in products])
    try:
        bodies = [{"product_id": each, "seed_directus": True} for each in products]
        jobs = [accepted(caller.post("/jobs/analysis", json=body)) for body in bodies]
        jobs_ended = [ended(caller, job_id, timeout_s=300) for job_id in jobs]
    finally:
        for worker in more:
            worker.kill()
    assert {each["status"] for each in jobs_ended} == {"completed"}
    assert len({json.dumps(each["result"], sort_keys=True) for each in jobs_ended}) == 1
    for product in products:
        assert len(rows_of(installed, product, "limit")) == jobs_ended[0]["result"]["num_limits"]
