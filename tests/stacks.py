"""The whole stack as processes on this machine, for tests that treat it as a user or a fault would."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
from flask import Flask, current_app

from app import create_app
from app.accidents.severity.schemas import EXAMPLE
from app.auth.service import create_key
from app.config import Settings
from app.extensions import db
from app.systems import SYSTEMS
from stack.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
SECRET = "for-tests-only-" + "x" * 32
TLS = ssl.create_default_context()  # for all clients: each would read the authorities anew, for 50 ms
COMMANDS = {
    "web": [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
    "realtime": [sys.executable, "-m", "workers", "realtime"],
    "batch": [sys.executable, "-m", "workers", "batch"],
    "clock": [sys.executable, "-m", "flask", "clock"],
    "watch": [sys.executable, "-m", "flask", "watch"],
    "dashboard": [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "stack/dashboard_conf.py",
        "app.telemetry.dashboard:create_dashboard()",
    ],
}

# What of them is a module with arguments, and can be forked.
FORKED = {kind: COMMANDS[kind][2:] for kind in ("web", "realtime", "batch", "clock", "watch")}

ACCIDENT = EXAMPLE
# Given, so that a developer's own .env is not asked.
DEFAULTS = {
    f.name.upper(): str(f.default)
    for f in fields(Settings)
    if isinstance(f.default, bool | int | float | str)
}


def environment(postgres_url: str, redis_url: str, **settings: object) -> dict[str, str]:
    """Return the environment of a process of the stack; nothing of the caller's own settings leaks in."""
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "default",
        **DEFAULTS,
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET,
        "EXTRA_SYSTEMS": "tests.trial:SYSTEM",
        "DASHBOARD_PORT": str(free_port()),
        "CACHE_TTL_S": "0",  # tests send the same body for another job; those of the cache turn it on
        **{name.upper(): str(value) for name, value in settings.items()},
    }


@dataclass
class Process:
    """One process of the stack, with its log."""

    kind: str
    popen: subprocess.Popen
    log: Path
    port: int = 0  # of a web process
    own: bool = True  # it has the settings of the stack
    skipped: int = 0  # bytes of the log that an earlier reader of the stack had

    @property
    def pid(self) -> int:
        return self.popen.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone, as an operator or the kernel would."""
        with suppress(ProcessLookupError):
            os.kill(self.popen.pid, number)

    def kill(self) -> None:
        """kill -9 the process; its children are left to themselves."""
        self.signal(signal.SIGKILL)
        self.popen.wait()

    def skip(self) -> None:
        """Read no more what has been logged so far."""
        self.skipped = self.log.stat().st_size

    def lines(self) -> list[dict]:
        """Return the JSON lines that the process logged."""
        entries = []
        for line in self.log.read_bytes()[self.skipped :].decode("utf-8", "replace").splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                entries += [entry] if isinstance(entry, dict) else []
        return entries


@dataclass
class Stack:
    """Processes of the service over one PostgreSQL and one Valkey."""

    folder: Path
    postgres_url: str
    redis_url: str
    settings: dict = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    webs: list[Process] = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    servers: tuple = ()
    served: str = ""  # the systems that its workers serve; all where none is named: loading models takes long
    forker: ClassVar[Callable[[str], Any] | None] = None  # gives what forks; in tests alone

    @property
    def ports(self) -> list[int]:
        return [web.port for web in self.webs]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def environment(self, **more: object) -> dict[str, str]:
        own = {"storage_url": f"file://{self.folder / 'files'}", **self.settings, **more}
        return environment(self.postgres_url, self.redis_url, **own)

    def lend_environment(self, monkeypatch) -> None:
        """Let the application be made in this process, on the stack's servers."""
        for name, value in self.environment().items():
            if name not in {"PATH", "HOME"}:
                monkeypatch.setenv(name, value)

    def start(self, kind: str, *arguments: str, **settings: object) -> Process:
        """Start one process of a kind."""
        own = not arguments and settings.keys() <= {"port"}
        if kind == "web":
            settings.setdefault("port", free_port())
        log = self.folder / f"{kind}-{len(self.processes)}.log"
        settings.setdefault("prometheus_multiproc_dir", self.folder / f"metrics-{len(self.processes)}")
        popen = self._run(kind, [*(arguments or self._systems_of(kind))], log, self.environment(**settings))
        process = Process(kind, popen, log, settings.get("port", 0), own)
        self.processes.append(process)
        if kind == "web":
            self.webs.append(process)
        return process

    def _run(self, kind: str, arguments: list[str], log: Path, environment: dict[str, str]) -> Any:
        """Run a process of a kind; where there are processes that fork, it comes of one."""
        with log.open("wb") as out:
            if self.forker is not None and kind in FORKED:
                module, *first = FORKED[kind]
                imports = [f"workers.{name}.tasks" for name in self._imported(kind, arguments)]
                return self.forker(module).start(module, [*first, *arguments], environment, log, imports)
            return subprocess.Popen(
                [*COMMANDS[kind], *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @staticmethod
    def _imported(kind: str, served: list[str]) -> list[str]:
        """Return the systems whose code a worker of a lane imports."""
        return [
            system.name
            for system in SYSTEMS
            if any(task.lane == kind for task in system.tasks) and (not served or system.name in served)
        ]

    def _systems_of(self, kind: str) -> list[str]:
        return self.served.split() if kind in {"realtime", "batch"} else []

    def restart(self, process: Process) -> Process:
        """Start another process of the same kind, as whatever runs the stack would."""
        if process.kind != "web":
            return self.start(process.kind)
        started = self.start("web", port=process.port)
        self.webs.remove(started)
        self.webs[self.webs.index(process)] = started
        return started

    def of(self, kind: str) -> list[Process]:
        """Return the living processes of a kind."""
        return [p for p in self.processes if p.kind == kind and p.popen.poll() is None]

    def have(self, kinds: str) -> None:
        """Have exactly one living process of each named kind, with the stack's own settings."""
        for kind in COMMANDS:
            living = [p for p in self.of(kind) if p.own]
            wanted = kinds.split().count(kind)
            for process in (*(p for p in self.of(kind) if not p.own), *living[wanted:]):
                process.signal(signal.SIGCONT)
                process.kill()
            self.webs = [web for web in self.webs if web.own]
            for _ in range(wanted - len(living)):
                dead = [p for p in self.webs if p.popen.poll() is not None]
                self.restart(dead[0]) if kind == "web" and dead else self.start(kind)

    def flask(self, *arguments: str, **settings: object) -> subprocess.CompletedProcess:
        """Run a `flask` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def client(self, **kwargs) -> httpx.Client:
        """Return an HTTP client of the (first) web process."""
        return httpx.Client(base_url=self.url, timeout=30, headers=self.headers, verify=TLS, **kwargs)

    def ready(self, timeout_s: float = 240) -> None:
        """Return when `/readyz` is green."""
        with self.client() as client:
            wait_for(lambda: self.is_ready(client), timeout_s=timeout_s, what="readyz")

    def is_ready(self, client: httpx.Client) -> bool:
        """Say whether `/readyz` is green, but for the models that no worker is to load."""
        try:
            checks = client.get("/readyz").json().get("checks", {})
        except (httpx.HTTPError, ValueError):
            return False
        serving = self.served.split()
        asked = {
            name: check for name, check in checks.items()
            if not serving or not name.startswith("model ") or name.split()[1] in serving
        }  # fmt: skip
        return bool(asked) and all(check["state"] == "up" for check in asked.values())

    def ready_to_answer(self, timeout_s: float = 240) -> None:
        """Return when the (first) web process answers, whatever else is missing."""
        with self.client() as client:
            wait_for(lambda: status_of(client, "/healthz") == 200, timeout_s=timeout_s, what="healthz")

    def app(self, **settings: object) -> Flask:
        """Return the application, made in this process on the stack's servers."""
        return create_app(Settings.of(self.environment(**settings)))

    def make_keys(self, **roles: str) -> dict[str, str]:
        """Return a new key for each name, with its role: `user` or `admin`."""
        with self.app().app_context():
            keys = {name: create_key(name, role=role) for name, role in roles.items()}
            db.engine.dispose()
        return keys

    def migrate(self) -> None:
        """Make the tables: the service's by its migrations, the trial system's by hand."""
        from tests.trial import TABLES

        with self.app().app_context():
            db_command("upgrade")
            db.metadata.create_all(db.engine, tables=TABLES)
            db.engine.dispose()

    def stop(self) -> None:
        """End everything, children included, without waiting for anything: how processes leave is tests/faults'."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.signal(
                signal.SIGKILL
            )  # one that was forked a moment ago may be in no group of its own yet
        for process in self.processes:
            process.popen.wait()


def db_command(name: str, *arguments: object) -> None:
    """Run a command of `flask db` in this process, in an application's context."""
    import flask_migrate

    flask_migrate.Migrate(current_app, db, directory=str(current_app.config["MIGRATIONS"]))
    getattr(flask_migrate, name)(*arguments)


def status_of(client: httpx.Client, path: str) -> int:
    """Return the status that a path answers, 0 when nobody answers."""
    try:
        return client.get(path).status_code
    except httpx.HTTPError:
        return 0


PATIENCE_S = 120  # what takes a second takes half a minute where ten processes share two cores


def wait_for(condition, *, timeout_s: float = PATIENCE_S, what: str = "", every_s: float = 0.05):
    """Return the condition's first true value; fail when it does not come in time.

    It looks often at first, then every `every_s` seconds.
    """
    until, pause_s = time.monotonic() + timeout_s, 0.005
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(pause_s)
        pause_s = min(every_s, pause_s * 2)
    raise AssertionError(f"not within {timeout_s} s: {what or condition}")


def job(client: httpx.Client, job_id: str) -> dict:
    """Return a job as the API shows it; {} while nobody answers."""
    try:
        answer = client.get(f"/api/v1/jobs/{job_id}")
    except httpx.HTTPError:
        return {}
    return answer.json() if answer.status_code == 200 else {}


def wait_for_state(client: httpx.Client, job_id: str, *states: str, timeout_s: float = PATIENCE_S) -> dict:
    """Return a job once it is in one of some states."""

    def shown_so():
        shown = job(client, job_id)
        return shown if shown.get("state") in states else None

    return wait_for(shown_so, timeout_s=timeout_s, what=f"job {job_id} to be {' or '.join(states)}")


@contextmanager
def run_stack(
    folder: Path, postgres_url: str, redis_url: str, kinds: str, *, served: str = "", **settings: object
):
    """Run a stack of the named kinds of process over a database that has its tables, and end it."""
    stack = Stack(folder, postgres_url, redis_url, settings, served=served)
    try:
        for kind in kinds.split():
            stack.start(kind)
        yield stack
    finally:
        stack.stop()
