"""`python -m stack`: run all of Assay on this machine until Ctrl-C."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import psutil

from app.variables import given
from stack import environment, procfile, runner
from stack.account import AccountError
from stack.environment import Address, EnvironmentRefusedError
from stack.leash import follow_parent, leashed
from stack.postgres import Postgres
from stack.servers import Server, ServerError
from stack.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
MARK = "ASSAY_STACK"  # environment variable by which a killed run's processes are known
MEMORY = "512mb"  # of Valkey; full, it refuses writes and loses nothing
EXAMPLE = ROOT / "app/accidents/severity/example.json"


def main() -> None:
    """Run until told to end; say in one line why it cannot be."""
    if "MAKELEVEL" in os.environ:  # a killed make must not leave us behind
        follow_parent(os.getppid(), signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` has it ignored
    signal.signal(signal.SIGTERM, _leave)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _leave)
    os.chdir(ROOT)
    try:
        _run(ROOT / "var")
    except (EnvironmentRefusedError, ServerError, AccountError) as error:
        sys.exit(f"stack: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(signum: int, _frame: object) -> NoReturn:
    sys.exit(128 + signum)


def _run(state: Path) -> None:
    with _only_one(state), ExitStack() as running:
        variables = environment.complete(given(ROOT), state) | {MARK: str(ROOT)}
        settings = environment.settings(variables)
        web, dashboard = environment.addresses(settings)
        _end_leftovers()
        for address in (web, dashboard):
            environment.check_free(address)
        servers = _start_servers(variables, state, running)
        running.enter_context(environment.shared(variables, ROOT))
        commands = procfile.read(ROOT / "Procfile")
        _release(commands.pop(procfile.RELEASE), variables)
        runner.run(
            commands, servers, variables,
            ready_url=f"{web.url}/readyz", on_ready=lambda: _greet(web, dashboard, settings.auth_mode),
        )  # fmt: skip


def _start_servers(variables: dict[str, str], state: Path, running: ExitStack) -> list[Server]:
    """Start what no variable names, and name it; the stack stops it."""
    servers: list[Server] = []
    running.callback(_stop_servers, servers)
    if environment.needs_postgres(variables):
        servers.append(postgres := Postgres(state / "postgres"))
        postgres.start()
        variables["DATABASE_URL"] = postgres.url
        if postgres.account.notice:
            runner.say("stack", postgres.account.notice)
    if environment.needs_valkey(variables):
        password = environment.kept_secret(state / "valkey_password")
        servers.append(valkey := Valkey(state / "valkey", password=password, maxmemory=MEMORY))
        valkey.start()
        variables["REDIS_URL"] = valkey.url
    for server in servers:
        runner.say("stack", f"{server.name} answers at 127.0.0.1:{server.port}, its log is {server.log}")
    return servers


def _stop_servers(servers: list[Server]) -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # an impatient second Ctrl-C
        signal.signal(signum, signal.SIG_IGN)
    for server in servers:
        server.release()


def _release(command: str, variables: dict[str, str]) -> None:
    """Run the migrations.

    Raises:
        ServerError: they failed; what they said is on the terminal.

    """
    done = subprocess.run(leashed("sh", "-c", f"exec {command}"), env=variables, check=False)  # noqa: S603
    if done.returncode:
        raise ServerError(f"`{command}` failed")


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Hold the folder for this process.

    Raises:
        ServerError: another run has it.

    """
    state.mkdir(exist_ok=True)
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ServerError(f"Assay already runs in this folder, as process {lock.read()}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _end_leftovers() -> None:
    """End the processes of a run that was killed; holding the lock, we know that it is over."""
    left = [p for p in psutil.process_iter() if _is_leftover(p)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(left, timeout=10)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _is_leftover(process: psutil.Process) -> bool:
    try:
        return process.environ().get(MARK) == str(ROOT)
    except psutil.Error:  # another user's, or gone
        return False


def _greet(web: Address, dashboard: Address, auth_mode: str) -> None:
    """Tell where everything is, and what to try."""
    lines = (
        "",
        f"Assay is ready:   {web.url}",
        f"  API documents   {web.url}/docs",
        f"  job dashboard   {dashboard.url}",
        "Try it:",
        *_trial(web, keys=auth_mode == "keys"),
        "Ctrl-C ends it.",
        "",
    )
    for line in lines:
        runner.say("stack", line)


def _trial(web: Address, *, keys: bool) -> Iterator[str]:
    """Yield commands that ask for a prediction; where keys are demanded, they make one first."""
    example = json.dumps(json.loads(EXAMPLE.read_text(encoding="utf-8")), ensure_ascii=False)
    if keys:
        flask = [f"{environment.PROGRAMS}/flask", "--app", f"{ROOT}/wsgi.py"]
        yield f"  KEY=$({shlex.join(flask)} keys create me)"
    yield f"  curl -s {web.url}/api/predict/eclo -H 'Content-Type: application/json' \\"
    if keys:
        yield '    -H "Authorization: Bearer $KEY" \\'
    yield f"    -d '{example}'"


if __name__ == "__main__":
    main()
