"""Open a file as a table that can be asked, without a server: `flask datasets profile`, `flask chat`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from app.accidents.datasets import executor
from app.accidents.datasets.evidence import Table
from app.accidents.datasets.profile import Profile
from workers.accidents.datasets import database, reading
from workers.accidents.datasets.overrides import Overrides


@contextmanager
def opened(path: Path, overrides: Overrides | None = None) -> Iterator[Table]:
    """Give a file's table; its database is removed at the end.

    Raises:
        UnreadableTable: the file is none.

    """
    with TemporaryDirectory(prefix="assay-") as folder:
        read = reading.read(path, overrides)
        target = Path(folder) / "table.duckdb"
        database.write(read, target)
        profile = Profile.load(read.profile)
        yield Table(profile, partial(executor.run, target, profile))
