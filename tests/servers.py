"""Fixtures of real servers: one pair for a test process, and fresh ones for a test that breaks them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psycopg2
import pytest
import redis

from stack.postgres import Postgres, postgres
from stack.valkey import Valkey, valkey
from tests.stacks import Stack


def short_folder() -> Path:
    """Make a folder, in memory where there is room: on a disk, making and removing the data takes seconds."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    return passable_folder(memory if roomy else None)


def passable_folder(parent: Path | None) -> Path:
    """Make a folder through which, as root, PostgreSQL's account passes."""
    folder = Path(tempfile.mkdtemp(prefix="assay-", dir=parent)).resolve()
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def servers_folder():
    """A folder for the servers of this test process."""
    folder = short_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(servers_folder):
    """A folder of stopped PostgreSQL data with all tables, to be copied: making it takes a hundred times longer."""
    folder = servers_folder / "template"
    with postgres(folder, fsync=False) as server:
        Stack(servers_folder, server.url, "redis://127.0.0.1:1").migrate()
    return folder


@pytest.fixture(scope="session")
def postgres_server(servers_folder, postgres_template):
    """The PostgreSQL of this test process; every test finds it running."""
    with postgres(servers_folder / "postgres", fsync=False, template=postgres_template) as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server(servers_folder):
    """The Valkey of this test process; every test finds it running."""
    with valkey(servers_folder / "valkey") as server:
        yield server


@pytest.fixture
def own_folder(servers_folder):
    """A folder for the servers of one test."""
    folder = passable_folder(servers_folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_postgres(own_folder, postgres_template):
    """A PostgreSQL that the test may stop, kill and start again."""
    with postgres(own_folder / "postgres", fsync=False, template=postgres_template) as server:
        yield server


@pytest.fixture
def own_valkey(own_folder):
    """A Valkey that the test may stop, kill, wipe and start again."""
    with valkey(own_folder / "valkey") as server:
        yield server


def ask(server: Postgres, statement: str) -> list[tuple]:
    """Run one SQL statement in a session of its own and return its rows."""
    connection = psycopg2.connect(server.url)
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def client(server: Valkey) -> redis.Redis:
    """Return a client of a server; it connects when it is asked something."""
    return redis.Redis.from_url(server.url, decode_responses=True)
