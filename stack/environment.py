"""The environment of Assay's processes: the caller's, then `.env`, then what is made up here."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from stack.servers import is_free, write_secret

DEFAULTS = {"HOST": "127.0.0.1", "PORT": "8000", "DASHBOARD_PORT": "9181", "WEB_CONCURRENCY": "2"}


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


def read(root: Path) -> dict[str, str]:
    """Return the variables set here or in `.env`, the environment winning; an empty one counts as not set."""
    written = {name: value for name, value in dotenv_values(root / ".env").items() if value}
    given = {name: value for name, value in os.environ.items() if value}
    return {**DEFAULTS, **written, **given}


def needs_postgres(variables: dict[str, str]) -> bool:
    """Say whether no PostgreSQL is named."""
    return "DATABASE_URL" not in variables


def needs_valkey(variables: dict[str, str]) -> bool:
    """Say whether no Redis is named; its older name counts, where a deployment still has it."""
    return "REDIS_URL" not in variables and "CELERY_BROKER_URL" not in variables


def addresses(variables: dict[str, str]) -> tuple[Address, Address]:
    """Return where web and dashboard are going to listen.

    Raises:
        EnvironmentRefusedError: a port is no port, or both are one.

    """
    web, dashboard = (
        Address(name, variables["HOST"], _port(name, variables[name])) for name in ("PORT", "DASHBOARD_PORT")
    )
    if web.port == dashboard.port:
        raise EnvironmentRefusedError(f"PORT and DASHBOARD_PORT are both {web.port}; give them two ports")
    return web, dashboard


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
    programs = str(Path(sys.executable).parent)
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


def _port(name: str, text: str) -> int:
    highest = 65_535
    if not text.isdecimal() or not 0 < int(text) <= highest:
        raise EnvironmentRefusedError(f"{name} is {text!r}; it is a port from 1 to {highest}")
    return int(text)
