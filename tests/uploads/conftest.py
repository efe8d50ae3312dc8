"""A stack of two web processes with its own database and storage, and the application on them."""

from __future__ import annotations

import pytest

from tests.sharing import process_number
from tests.stacks import run_stack, wait_for
from tests.uploads.sending import files_of

SYSTEMS = "tests.trial:SYSTEM,tests.uploads.systems:SHEETS,tests.uploads.systems:ARCHIVES"


@pytest.fixture(scope="session")
def stack(new_database, valkey_server, tmp_path_factory):
    database = new_database(f"uploads_{process_number()}")
    settings = {"storage_url": f"file://{tmp_path_factory.mktemp('storage')}", "extra_systems": SYSTEMS}
    folder = tmp_path_factory.mktemp("uploads")
    with run_stack(folder, database.url, valkey_server.url, "web", **settings) as stack:
        stack.postgres = database
        stack.ready_to_answer()
        yield stack


@pytest.fixture
def client(stack):
    with stack.client() as http:
        yield http


@pytest.fixture
def app(stack, monkeypatch):
    """The application in this process, on the stack's database and storage."""
    from app import create_app
    from app.config import Settings

    stack.lend_environment(monkeypatch)
    made = create_app(Settings.read())
    with made.app_context():
        yield made


@pytest.fixture
def same_files(stack):
    """Check that a test leaves the storage as it found it."""
    before = files_of(stack)
    yield
    wait_for(lambda: files_of(stack) == before, what="the storage to be as it was")
