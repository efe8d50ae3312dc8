"""What `flask datasets profile` does."""

from __future__ import annotations

import json
from pathlib import Path

import click

from workers.accidents.datasets.faults import UnreadableTable
from workers.accidents.datasets.reading import read


def profile(path: Path) -> None:
    """Print the profile of a file.

    Raises:
        ClickException: it is no table.

    """
    try:
        document = read(path).profile
    except UnreadableTable as error:
        raise click.ClickException(f"{path.name}: {error.detail}") from error
    click.echo(json.dumps({"name": path.name, **document}, ensure_ascii=False, indent=2, allow_nan=False))
