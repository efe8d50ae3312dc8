"""The servers survive what happens to them: stop, SIGKILL, lost data, stale files, a second start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stack.postgres import Postgres, postgres
from stack.servers import InUseError, ServerError, free_port
from stack.valkey import Valkey, valkey
from tests.servers import ask, client
from tests.sharing import process_number


def test_the_session_servers_answer(postgres_server, valkey_server):
    assert ask(postgres_server, "SELECT current_database()") == [(f"assay_{process_number()}",)]
    with client(valkey_server) as connection:
        assert connection.ping()


def test_servers_listen_on_loopback_only(own_postgres, own_valkey):
    for server in (own_postgres, own_valkey):
        listening = psutil.Process(server.pid).net_connections()
        addresses = {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN}
        assert addresses == {"127.0.0.1"}


def test_postgres_refuses_a_wrong_password(postgres_server):
    wrong = postgres_server.url.replace("assay:", "assay:x", 1)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)


def test_valkey_refuses_a_client_without_its_password(own_folder):
    with (
        valkey(own_folder, password="s3cret") as server,
        redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as stranger,
        client(server) as friend,
    ):
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert friend.ping()


def test_valkey_refuses_writes_when_its_memory_is_full(own_folder):
    with valkey(own_folder, maxmemory="512mb") as server, client(server) as connection:
        assert connection.config_get("maxmemory") == {"maxmemory": str(512 * 2**20)}
        connection.config_set("maxmemory", "1")
        with pytest.raises(redis.OutOfMemoryError):
            connection.set("key", "value")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_postgres_keeps_its_data_and_port(own_postgres, end):
    ask(own_postgres, "CREATE TABLE kept AS SELECT 7 AS number")
    ask(own_postgres, "CHECKPOINT")
    port, pid = own_postgres.port, own_postgres.pid
    getattr(own_postgres, end)()
    assert not own_postgres.alive()
    own_postgres.start()
    assert own_postgres.port == port
    assert own_postgres.pid != pid
    assert ask(own_postgres, "SELECT number FROM kept") == [(7,)]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_valkey_keeps_its_port_and_nothing_on_the_disk(own_valkey, end):
    """What is erased must be gone: a file of commands would hold it still."""
    with client(own_valkey) as connection:
        connection.set("key", "erased-text")
    port = own_valkey.port
    getattr(own_valkey, end)()
    kept = [path for path in own_valkey.folder.rglob("*") if path.is_file()]
    assert not [path for path in kept if b"erased-text" in path.read_bytes()]
    assert not [path for path in kept if path.stat().st_mode & 0o077 and path.name not in {"lock", "pid"}]
    own_valkey.start()
    assert own_valkey.port == port
    with client(own_valkey) as connection:
        assert connection.get("key") is None


def test_postgres_can_lose_its_data(own_postgres):
    ask(own_postgres, "CREATE TABLE lost (number int)")
    own_postgres.stop()
    own_postgres.wipe()
    own_postgres.start()
    assert ask(own_postgres, "SELECT to_regclass('lost')") == [(None,)]


def test_data_of_a_running_server_is_not_removed(own_valkey):
    with pytest.raises(ServerError, match="stop it before"):
        own_valkey.wipe()


def test_postgres_starts_again_when_its_main_process_alone_is_killed(own_postgres):
    ask(own_postgres, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(own_postgres.pid, signal.SIGKILL)
    while own_postgres.alive():
        time.sleep(0.01)
    own_postgres.start()
    assert ask(own_postgres, "SELECT number FROM kept") == [(7,)]


@pytest.mark.parametrize("stale", ["another process's", "a process that is gone"])
def test_a_stale_pid_file_does_not_block_the_start(own_postgres, stale):
    own_postgres.kill()
    number = os.getpid() if stale == "another process's" else 2**22 - 1
    lock = own_postgres.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(number), *lines[1:]]) + "\n")
    (own_postgres.folder / "pid").write_text(str(number))
    own_postgres.start()
    assert ask(own_postgres, "SELECT 1") == [(1,)]


def test_a_second_server_over_the_same_folder_is_refused(own_postgres, own_valkey):
    for server in (Postgres(own_postgres.folder), Valkey(own_valkey.folder)):
        with pytest.raises(InUseError, match="in use: another process runs"):
            server.start()
    assert ask(own_postgres, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("server_of", [postgres, valkey])
def test_a_taken_port_is_named(own_folder, server_of):
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        port = listener.getsockname()[1]
        with (
            pytest.raises(ServerError, match=f"did not start on port {port}"),
            server_of(own_folder, port=port),
        ):
            pass


STARTER = """
import sys, time
from pathlib import Path
from stack.postgres import Postgres
from stack.valkey import Valkey
servers = [Postgres(Path(sys.argv[1]) / "postgres", fsync=False), Valkey(Path(sys.argv[1]) / "valkey")]
for server in servers:
    server.start()
print(*(server.pid for server in servers), flush=True)
time.sleep(600)
"""


def test_servers_end_with_a_killed_starter_and_the_next_start_goes_well(own_folder):
    with subprocess.Popen([sys.executable, "-c", STARTER, own_folder], stdout=subprocess.PIPE) as starter:
        pids = [int(pid) for pid in starter.stdout.readline().split()]
        starter.kill()
    with postgres(own_folder / "postgres", fsync=False) as server, valkey(own_folder / "valkey") as broker:
        assert ask(server, "SELECT 1") == [(1,)]
        with client(broker) as connection:
            assert connection.ping()
        assert {server.pid, broker.pid}.isdisjoint(pids)
    gone, _ = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=10)
    assert all(not psutil.pid_exists(p.pid) or psutil.Process(p.pid).status() == "zombie" for p in gone)
