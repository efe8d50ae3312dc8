"""One server over one folder: started, stopped, killed and started again."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

PORTS = range(20_000, 32_000)  # below Linux's ephemeral ports, so that no client takes one over a restart
READY_S = 60.0  # time until a server answers, or is given up
STOP_S = 20.0  # time between the polite signal and SIGKILL
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
            os.fchmod(log.fileno(), 0o600)
            before = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
            )
        (self.folder / "pid").write_text(str(self.pid))
        while self.alive() and time.monotonic() < deadline:
            if self._ready():
                return True
            time.sleep(0.05)
        log_text = self.log.read_bytes()[before:].decode(errors="replace")
        self.stop()
        if "still in use" in log_text and time.monotonic() < deadline:
            return False
        raise ServerError(f"{self.name} did not start on port {self.port}; its log ends:\n{log_text[-2000:]}")

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


@contextmanager
def running(server: S) -> Iterator[S]:
    """Start a server, and stop it at the end."""
    try:
        server.start()
        yield server
    finally:
        server.release()


def wheel(package: str) -> Path:
    """Return the folder of an installed package, without running its code."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerError(f"{package} is not installed; `make install` does it, or set the server's URL")
    return Path(spec.origin).parent
