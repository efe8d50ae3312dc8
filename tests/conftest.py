"""Fixtures that all tests share: real servers, an app on them, and a house of real processes."""

from __future__ import annotations

import pytest

from tests.doors import (  # noqa: F401 - fixtures; here alone, so that each process is started once
    admin,
    alice,
    anybody,
    bob,
    browser,
    dashboard,
    keys,
    keys_door,
)
from tests.house import SECRET
from tests.house import house as run_house
from tests.houses import Houses
from tests.servers import (  # noqa: F401 - fixtures
    own_folder,
    own_postgres,
    own_valkey,
    postgres_server,
    postgres_template,
    servers_folder,
    valkey_server,
)


@pytest.fixture(scope="session")
def running_house(servers_folder, postgres_server, valkey_server, tmp_path_factory):
    """One house for all tests that only use it: a web process with two workers, both lanes, the clock."""
    folder = tmp_path_factory.mktemp("house")
    with run_house(folder, postgres_server.url, valkey_server.url, "web realtime batch clock") as stack:
        stack.ready()
        yield stack


@pytest.fixture(scope="session")
def houses(servers_folder, postgres_template, tmp_path_factory):
    """The houses of tests that break them."""
    pool = Houses(servers_folder, postgres_template, tmp_path_factory.mktemp)
    yield pool
    pool.close()


@pytest.fixture
def client(running_house):
    """An HTTP client of the running house."""
    with running_house.client() as http:
        yield http


@pytest.fixture
def app(running_house, monkeypatch):
    """The application in this process, on the running house's database."""
    from app import create_app
    from app.config import Settings

    running_house.lend_environment(monkeypatch)
    assert running_house.environment()["SECRET_KEY"] == SECRET
    made = create_app(Settings.read())
    with made.app_context():
        yield made


def pytest_collection_modifyitems(items):
    """Put files side by side that want a house of the same settings: it is made once for them."""
    items.sort(key=lambda item: (item.path.parent, hasattr(item.module, "settings")))
