"""A stack whose trial system has two live versions."""

import pytest

from tests.faults.conftest import (  # noqa: F401 - fixtures
    broker,
    client,
    database,
    module_stack,
    servers,
    stack,
    started_stack,
)


@pytest.fixture(scope="module")
def served():
    return "accidents trial"


@pytest.fixture(scope="module")
def settings():
    return {"model_versions": "trial=trial-0:30,trial-1:70", "cache_ttl_s": 3600}
