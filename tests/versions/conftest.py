"""A stack whose trial system and whose reviews have two live versions each."""

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
    return "accidents reviews trial"


@pytest.fixture(scope="module")
def settings():
    versions = "trial=trial-0:30,trial-1:70;reviews=small:50,minilm:50"
    return {"model_versions": versions, "cache_ttl_s": 3600}
