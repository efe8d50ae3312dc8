"""The environment of Assay's processes: what is given, and what is made up here."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.config import Settings
from app.setting_values import SettingError
from app.variables import STACK
from stack.servers import is_free, write_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(sys.executable).parent
TOLD = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")  # what a command beside the stack needs to know


class EnvironmentRefusedError(Exception):
    """Raised when nothing can be started with the settings there are; the message is for the terminal."""


@dataclass(frozen=True)
class Address:
    """Where a process listens, and the variable that says so."""

    variable: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"


def needs_postgres(variables: dict[str, str]) -> bool:
    """Say whether no PostgreSQL is named."""
    return "DATABASE_URL" not in variables


def needs_valkey(variables: dict[str, str]) -> bool:
    """Say whether no Redis is named."""
    return "REDIS_URL" not in variables


def settings(variables: dict[str, str]) -> Settings:
    """Return the settings that the processes are going to have.

    Raises:
        EnvironmentRefusedError: one is wrong, or a server would not be safe with them.

    """
    try:
        checked = Settings.of(variables)
        checked.check_serving()
    except SettingError as error:
        raise EnvironmentRefusedError(str(error)) from None
    return checked


def addresses(settings: Settings) -> tuple[Address, Address]:
    """Return where web and dashboard are going to listen.

    Raises:
        EnvironmentRefusedError: both have one port.

    """
    if settings.port == settings.dashboard_port:
        raise EnvironmentRefusedError(
            f"PORT and DASHBOARD_PORT are both {settings.port}; give them two ports"
        )
    web = Address("PORT", settings.host, settings.port)
    return web, Address("DASHBOARD_PORT", settings.host, settings.dashboard_port)


def check_free(address: Address) -> None:
    """Refuse a port that something else listens on.

    Raises:
        EnvironmentRefusedError: it is taken.

    """
    if not is_free(address.port, address.host):
        raise EnvironmentRefusedError(
            f"port {address.port} of {address.host} is taken; stop what listens there, "
            f"or choose another: {address.variable}={address.port + 1} make run"
        )


def complete(variables: dict[str, str], state: Path) -> dict[str, str]:
    """Add a secret key that outlives restarts, and the way to this virtual environment's programs."""
    programs = str(PROGRAMS)
    return {
        "SECRET_KEY": kept_secret(state / "secret_key"),
        **variables,
        "PATH": os.pathsep.join([programs, variables.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
    }


def kept_secret(path: Path) -> str:
    """Return the secret in a file, which is made with a new one where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_secret(path, secrets.token_hex(32))
    return path.read_text().strip()


@contextmanager
def shared(variables: dict[str, str], root: Path) -> Iterator[None]:
    """Tell commands beside the stack what it started; the lock on the file says that it still runs."""
    path = root / STACK
    write_secret(path, json.dumps({name: variables[name] for name in TOLD}))
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
