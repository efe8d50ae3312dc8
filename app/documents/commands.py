"""`flask documents`: what has to do with Directus and needs no job."""

from __future__ import annotations

from importlib import import_module

import click
from flask.cli import with_appcontext

WORKER = "workers.documents.directus.commands"  # a name only: the web process never imports what computes


@click.group()
def documents() -> None:
    """Prepare a Directus for documents."""


@documents.command("directus-schema")
@click.option("--apply", "is_applied", is_flag=True, help="Make what is missing; needs an admin's token.")
@with_appcontext
def directus_schema(*, is_applied: bool) -> None:
    """Show what the Directus of DIRECTUS_URL still lacks of the collections, fields and relations needed."""
    try:
        command = import_module(WORKER)
    except ModuleNotFoundError as error:
        detail = f"{error.name} is not installed: python -m pip install -r requirements-workers.txt"
        raise click.ClickException(detail) from error
    command.show_schema(is_applied=is_applied)
