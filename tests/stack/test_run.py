"""`python -m stack` over a project of two small servers: it starts, heals, refuses and ends as it should."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from app.config import Settings
from stack.servers import free_port
from tests.servers import short_folder

pytestmark = pytest.mark.slow("starts and kills whole stacks")

ROOT = Path(__file__).parents[2]
SERVER = """
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"pid": os.getpid(), **os.environ}).encode())

address = ("127.0.0.1", int(os.environ[sys.argv[1]]))
print("listening", flush=True)
http.server.HTTPServer(address, Handler).serve_forever()
"""
PROCFILE = """
# a project for tests
web: python server.py PORT
dashboard: python server.py DASHBOARD_PORT
release: python -c "open('released', 'a').write('x')"
"""
READY = "Assay is ready"
PATIENCE_S = 60


class Project:
    """A folder with the stack, a Procfile, and ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.dashboard_port = free_port(), free_port()
        self.runs = []
        self._output = folder
        shutil.copytree(ROOT / "stack", folder / "stack", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "app/accidents/severity").mkdir(parents=True)
        for name in (
            "__init__.py",
            "config.py",
            "setting_values.py",
            "variables.py",
            "accidents/severity/example.json",
        ):
            shutil.copy(ROOT / "app" / name, folder / "app" / name)
        (folder / "Procfile").write_text(PROCFILE)
        (folder / "server.py").write_text(SERVER)

    def start(self, **settings) -> subprocess.Popen:
        """Run the stack, its output going to a file of its own."""
        names = (
            "DATABASE_URL",
            "REDIS_URL",
            "CELERY_BROKER_URL",
            "SECRET_KEY",
            "MAKELEVEL",
            "HOST",
            "AUTH_MODE",
        )
        environment = {name: value for name, value in os.environ.items() if name not in names}
        environment |= {"PORT": str(self.port), "DASHBOARD_PORT": str(self.dashboard_port), **settings}
        self._output = self.folder / f"output-{len(self.runs)}"
        with self._output.open("wb") as output:
            run = subprocess.Popen(
                [sys.executable, "-m", "stack"],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.runs.append(run)
        return run

    def start_ready(self, **settings) -> subprocess.Popen:
        run = self.start(**settings)
        until(lambda: READY in self.output or run.poll() is not None)
        assert READY in self.output, self.output
        return run

    @property
    def output(self) -> str:
        """What the latest run has written so far."""
        return self._output.read_text()

    @property
    def web(self) -> dict:
        """The environment of the web process, and its pid."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
            return json.load(answer)

    def processes(self) -> list[psutil.Process]:
        """Everything that runs in the folder: processes and servers, without the stack itself."""
        runs = {run.pid for run in self.runs}
        return [p for p in psutil.process_iter() if p.pid not in runs and self._has(p)]

    def _has(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(
                self.folder
            )
        except psutil.Error:
            return False


def until(condition) -> None:
    """Wait for a condition, and fail if it never comes."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def answers(ask) -> bool:
    try:
        return bool(ask())
    except (OSError, urllib.error.URLError, json.JSONDecodeError):
        return False


@pytest.fixture
def project(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    folder = short_folder()
    made = Project(folder)
    yield made
    for run in made.runs:
        run.terminate()
        run.wait(PATIENCE_S)
    until(lambda: not made.processes())
    shutil.rmtree(folder)


def test_it_starts_everything_and_says_where(project):
    project.start_ready()
    assert f"http://127.0.0.1:{project.port}/docs" in project.output
    assert f"http://127.0.0.1:{project.dashboard_port}" in project.output
    assert "web       | listening" in project.output
    assert (project.folder / "released").read_text() == "x"
    example = project.output.split("-d '")[1].split("'")[0]
    assert json.loads(example)["weather"] == "맑음"
    web = project.web
    assert web["DATABASE_URL"].startswith("postgresql://")
    assert web["REDIS_URL"].startswith("redis://:")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(project, signum):
    run = project.start_ready()
    assert len(project.processes()) > 4
    os.kill(run.pid, signum)
    assert run.wait(PATIENCE_S) == 0
    assert project.processes() == []
    assert "Traceback" not in project.output


def test_ctrl_c_while_it_starts_leaves_nothing_behind(project):
    run = project.start()
    until(lambda: (project.folder / "var/postgres/data/PG_VERSION").exists() or run.poll() is not None)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(PATIENCE_S) in {0, 130}
    until(lambda: not project.processes())
    assert "Traceback" not in project.output


def test_a_killed_process_is_started_again(project):
    project.start_ready()
    first = project.web["pid"]
    os.kill(first, signal.SIGKILL)
    until(lambda: answers(lambda: project.web["pid"] != first))
    assert "web       | ended with -9" in project.output


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_server_is_started_again_at_its_address(project, name):
    project.start_ready()
    pid_file = project.folder / "var" / name / "pid"
    first = pid_file.read_text()
    os.kill(int(first), signal.SIGKILL)
    port = int(project.web["DATABASE_URL" if name == "postgres" else "REDIS_URL"].split(":")[3].split("/")[0])
    until(lambda: pid_file.read_text() not in {first, ""} and answers(lambda: _connects(port)))


def _connects(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port), 5).close()
    return True


def test_nothing_outlives_a_killed_stack_and_the_next_start_goes_well(project):
    run = project.start_ready()
    key = project.web["SECRET_KEY"]
    run.kill()
    run.wait()
    project.start_ready()
    assert project.web["SECRET_KEY"] == key
    assert len(key) >= 32
    assert (project.folder / "var/secret_key").stat().st_mode & 0o777 == 0o600


def test_a_second_run_in_the_folder_is_refused(project):
    run = project.start_ready()
    first = project.web["pid"]
    second = project.start()
    assert second.wait(PATIENCE_S) == 1
    assert project.output == f"stack: Assay already runs in this folder, as process {run.pid}\n"
    assert project.web["pid"] == first


@pytest.mark.parametrize("variable", ["PORT", "DASHBOARD_PORT"])
def test_a_taken_port_is_said_in_one_line(project, variable):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        run = project.start(**{variable: str(taken)})
        assert run.wait(PATIENCE_S) == 1
    assert project.output.startswith(f"stack: port {taken} of 127.0.0.1 is taken")
    assert project.output.count("\n") == 1
    assert not (project.folder / "var/postgres").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_said_in_one_line(project, port):
    run = project.start(PORT=port)
    assert run.wait(PATIENCE_S) == 1
    assert project.output == f"stack: PORT is '{port}'; it is a whole number from 1 to 65535\n"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"AUTH_MODE": "foo"}, "AUTH_MODE is 'foo'; it is open or keys"),
        ({"HOST": "0.0.0.0"}, "AUTH_MODE=open would let anyone in at HOST=0.0.0.0"),
        ({"LOG_LEVEL": "verbose"}, "LOG_LEVEL is 'verbose'"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 32 characters"),
    ],
)
def test_settings_that_no_process_would_start_with_end_it_in_one_line(project, settings, problem):
    run = project.start(**settings)
    assert run.wait(PATIENCE_S) == 1
    assert project.output.startswith(f"stack: {problem}")
    assert project.output.count("\n") == 1
    assert not (project.folder / "var/postgres").exists()


def test_commands_beside_it_are_told_what_it_started(project):
    run = project.start_ready()
    file = project.folder / "var/stack.json"
    assert file.stat().st_mode & 0o777 == 0o600
    read = Settings.read(project.folder)
    web = project.web
    assert read.database_url == web["DATABASE_URL"].replace("postgresql", "postgresql+psycopg2", 1)
    assert (read.redis_url, read.secret_key) == (web["REDIS_URL"], web["SECRET_KEY"])
    (project.folder / ".env").write_text("REDIS_URL=redis://in.the.file\n")
    assert Settings.read(project.folder).redis_url == "redis://in.the.file"
    run.terminate()
    run.wait(PATIENCE_S)
    assert not file.exists()


def test_what_a_killed_stack_started_is_not_believed(project):
    run = project.start_ready()
    run.kill()
    run.wait()
    assert (project.folder / "var/stack.json").exists()
    assert Settings.read(project.folder).secret_key == ""


def test_with_keys_it_says_how_to_make_one(project):
    project.start_ready(AUTH_MODE="keys")
    assert f"--app {project.folder}/wsgi.py keys create me)" in project.output
    assert '-H "Authorization: Bearer $KEY"' in project.output


def test_servers_that_are_named_are_used_and_none_is_started(project, postgres_server, valkey_server):
    dotenv = f"DATABASE_URL={postgres_server.url}\nCELERY_BROKER_URL={valkey_server.url}\n"
    (project.folder / ".env").write_text(dotenv)
    project.start_ready()
    assert project.web["DATABASE_URL"] == postgres_server.url
    assert project.web["REDIS_URL"] == valkey_server.url
    assert not (project.folder / "var/postgres").exists()
    assert not (project.folder / "var/valkey").exists()


def test_only_the_server_that_is_not_named_is_started(project, valkey_server):
    project.start_ready(REDIS_URL=valkey_server.url)
    assert project.web["REDIS_URL"] == valkey_server.url
    assert (project.folder / "var/postgres").exists()
    assert not (project.folder / "var/valkey").exists()


def test_failed_migrations_end_the_start(project):
    (project.folder / "Procfile").write_text(PROCFILE.replace("open('released', 'a').write('x')", "exit(3)"))
    assert project.start().wait(PATIENCE_S) == 1
    assert 'stack: `python -c "exit(3)"` failed' in project.output
    assert project.processes() == []
