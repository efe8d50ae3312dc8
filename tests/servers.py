"""Fixtures of real servers: one pair for all test processes, and fresh ones for a test that breaks them."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from stack.postgres import Postgres, postgres
from stack.valkey import Valkey, valkey
from tests.sharing import Sharing, process_number
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


@dataclass(frozen=True)
class Given:
    """A server, or a database of one, that another test process may have started."""

    url: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port


@pytest.fixture(scope="session")
def sharing(tmp_path_factory):
    """What all test processes share; torn down last of all, since other fixtures use what it starts."""
    base = tmp_path_factory.getbasetemp()
    shared = Sharing(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def servers_folder(sharing):
    """A folder for the servers of all test processes."""

    @contextmanager
    def start():
        folder = short_folder()
        yield str(folder)
        shutil.rmtree(folder, ignore_errors=True)

    return Path(sharing.get("folder", start))


@pytest.fixture(scope="session")
def postgres_template(sharing, servers_folder):
    """A folder of stopped PostgreSQL data with all tables, to be copied: making it takes a hundred times longer."""

    @contextmanager
    def start():
        folder = servers_folder / "template"
        with postgres(folder, fsync=False) as server:
            Stack(servers_folder, server.url, "redis://127.0.0.1:1").migrate()
        yield str(folder)

    return Path(sharing.get("template", start))


@pytest.fixture(scope="session")
def new_database(sharing, servers_folder, postgres_template):
    """A function that makes a database with all tables in the one PostgreSQL of all test processes."""

    @contextmanager
    def start():
        with postgres(servers_folder / "postgres", fsync=False, template=postgres_template) as server:
            yield server.url

    place = sharing.get("postgres", start).rpartition("/")[0]

    def make(name):
        # a copy of the database that the server has, which nobody is connected to
        ask(Given(f"{place}/postgres"), f"CREATE DATABASE {name} TEMPLATE assay")
        return Given(f"{place}/{name}")

    return make


@pytest.fixture(scope="session")
def postgres_server(new_database):
    """The database of this test process; every test finds its server running."""
    return new_database(f"assay_{process_number()}")


@pytest.fixture(scope="session")
def valkey_server(sharing, servers_folder):
    """The number of this test process in the one Valkey of all; every test finds it running."""

    @contextmanager
    def start():
        with valkey(servers_folder / "valkey") as server:
            yield server.url

    return Given(f"{sharing.get('valkey', start).rpartition('/')[0]}/{process_number()}")


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


def ask(server: Postgres | Given, statement: str) -> list[tuple]:
    """Run one SQL statement in a session of its own and return its rows."""
    connection = psycopg2.connect(server.url)
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def client(server: Valkey | Given) -> redis.Redis:
    """Return a client of a server; it connects when it is asked something."""
    return redis.Redis.from_url(server.url, decode_responses=True)
