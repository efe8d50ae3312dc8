"""The command `flask datasets profile`, which needs no server and no database."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from app.cli import missing
from app.system import systems


@click.command("profile")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def profile(path: Path) -> None:
    """Print how a table is read and what its columns hold, as JSON."""
    # the web process never imports what reads: its package is named by the system, and loaded here
    try:
        commands = import_module(f"{systems()['accidents'].worker}.datasets.commands")
    except ModuleNotFoundError as error:
        raise click.ClickException(missing(error.name)) from error
    commands.profile(path)
