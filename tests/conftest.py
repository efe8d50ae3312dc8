"""Fixtures that all tests share: real servers, an app on them, and a stack of real processes."""

from __future__ import annotations

import gc

import pytest

from tests import durations
from tests.clients import (  # noqa: F401 - fixtures; here alone, so that each process is started once
    admin,
    alice,
    anybody,
    bob,
    browser,
    caching_web,
    dashboard,
    keyed_web,
    keys,
)
from tests.forking import Forker
from tests.scheduling import FromBothEnds, in_order
from tests.servers import (  # noqa: F401 - fixtures
    new_database,
    own_folder,
    own_postgres,
    own_valkey,
    postgres_server,
    postgres_template,
    servers_folder,
    sharing,
    valkey_server,
)
from tests.stack_pool import StackPool
from tests.stacks import SECRET, Stack, run_stack

POOL = pytest.StashKey[StackPool]()


@pytest.fixture(scope="session", autouse=True)
def forker(tmp_path_factory):
    """Have the stacks' processes forked from two of this test process, which are started when they are asked."""
    started = {}

    def ask(module):
        kind = "gunicorn" if module == "gunicorn" else "workers"
        if kind not in started:
            started[kind] = Forker(tmp_path_factory.mktemp("forker"), kind)
        return started[kind]

    Stack.forker = staticmethod(ask)
    yield
    Stack.forker = None
    for each in started.values():
        each.close()


@pytest.fixture(scope="session")
def running_stack(servers_folder, postgres_server, valkey_server, tmp_path_factory):
    """One stack for all tests that only use it: a web process with two workers, both lanes, the clock."""
    folder = tmp_path_factory.mktemp("stack")
    with run_stack(folder, postgres_server.url, valkey_server.url, "web realtime batch clock") as stack:
        stack.ready()
        yield stack


@pytest.fixture(scope="session")
def stack_pool(servers_folder, postgres_template, tmp_path_factory, request):
    """The stacks of tests that break them."""
    pool = request.config.stash[POOL] = StackPool(servers_folder, postgres_template, tmp_path_factory.mktemp)
    yield pool
    pool.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """End the stack of files that break it after the last of them, rather than have it work beside all others."""
    pool = item.config.stash.get(POOL, None)
    if pool and nextitem and nextitem.path != item.path and "stack_pool" not in nextitem.fixturenames:
        pool.close()


@pytest.fixture
def client(running_stack):
    """An HTTP client of the running stack."""
    with running_stack.client() as http:
        yield http


@pytest.fixture(scope="session")
def kept_app(running_stack):
    """The application in this process, on the running stack's database: making one takes a quarter of a second."""
    assert running_stack.environment()["SECRET_KEY"] == SECRET
    return running_stack.app()


@pytest.fixture
def app(kept_app, running_stack, monkeypatch):
    """The same application for all tests that only use it, and its context."""
    running_stack.lend_environment(monkeypatch)
    with kept_app.app_context():
        yield kept_app


@pytest.fixture
def new_app(running_stack, monkeypatch):
    """An application for a test that changes it."""
    running_stack.lend_environment(monkeypatch)
    made = running_stack.app()
    with made.app_context():
        yield made


def pytest_configure(config):
    """Take the times of tests: a hook of this file is not called for what a whole session shares."""
    config.pluginmanager.register(durations)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect no garbage while tests are imported, which took a quarter of that time, nor later among what stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put files side by side, of the tests that run, that want the same stack: it is made once for them."""
    in_order(items)


def pytest_xdist_make_scheduler(config, log):
    """Have test processes take files from both ends of their order."""
    return FromBothEnds(config, log)
