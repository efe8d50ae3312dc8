"""The command `flask datasets profile`, which needs no server and no database."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from app.cli import missing

COMMANDS = "workers.accidents.datasets.commands"  # a name only: the web process never imports what reads


@click.command("profile")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def profile(path: Path) -> None:
    """Print how a table is read and what its columns hold, as JSON."""
    try:
        commands = import_module(COMMANDS)
    except ModuleNotFoundError as error:
        raise click.ClickException(missing(error.name)) from error
    commands.profile(path)
