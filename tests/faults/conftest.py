"""A stack for the tests that break it: each module's own, put right again before each test."""

from __future__ import annotations

import signal

import pytest

from app import create_app
from app.config import Settings
from app.extensions import db

# Short spans of time, so that recovery is soon seen: each is a setting, none is a mechanism.
QUICK = {
    "web_concurrency": 1,
    "stale_s": 3,
    "backoff_s": 0.2,
    "heartbeat_s": 0.5,
    "realtime_stale_s": 2,
    "sweep_s": 0.5,
    "canary_s": 1,
}
KINDS = "web realtime batch clock"


@pytest.fixture(scope="module")
def settings():
    """Settings that a module wants otherwise; overridden there."""
    return {}


@pytest.fixture(scope="module")
def served():
    """Systems whose models a module's workers load; overridden where it asks others than the trial system."""
    return "trial"


@pytest.fixture(scope="module")
def module_stack(stack_pool, settings, served):
    """The processes of a module's tests."""
    return stack_pool.of({**QUICK, **settings}, served)


@pytest.fixture(scope="module")
def servers(module_stack):
    """The PostgreSQL and the Valkey of the stack, which its tests may stop, kill, wipe and start again."""
    return module_stack.servers


@pytest.fixture
def broker(servers):
    """The module's Valkey."""
    return servers[1]


@pytest.fixture
def database(servers):
    """The module's PostgreSQL."""
    return servers[0]


@pytest.fixture(scope="module")
def started_stack(module_stack):
    """The module's stack once its processes have begun, which takes seconds: no test's own."""
    module_stack.have(KINDS)
    module_stack.ready()
    return module_stack


@pytest.fixture
def stack(started_stack, servers):
    """The module's stack with one living process of each kind, and ready."""
    for server in servers:
        if not server.alive():
            server.start()
    for process in started_stack.processes:
        if process.popen.poll() is None:
            process.signal(signal.SIGCONT)  # a test that failed may have left it stopped
    started_stack.have(KINDS)
    started_stack.ready()
    return started_stack


@pytest.fixture
def inside(stack, monkeypatch):
    """The application in this process, on the stack's servers, for what is done without any process of it."""
    stack.lend_environment(monkeypatch)
    app = create_app(Settings.read())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(stack):
    """An HTTP client of the stack."""
    with stack.client() as http:
        yield http
