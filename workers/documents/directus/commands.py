"""What `flask documents` does with a Directus."""

from __future__ import annotations

import click

from app.http.errors import AssayError
from workers.documents.directus import schema
from workers.documents.directus.connection import connect


def show_schema(*, is_applied: bool) -> None:
    """Print the steps that a Directus still needs; do them where that is asked for.

    Raises:
        ClickException: Directus does not answer, or refuses a step.

    """
    try:
        with connect() as client:
            steps = schema.apply(client) if is_applied else schema.missing(client)
    except AssayError as error:
        raise click.ClickException(error.detail) from None
    for step in steps:
        click.echo(str(step))
    done = "made" if is_applied else "missing; --apply makes them"
    click.echo(f"{len(steps)} steps {done}." if steps else "Nothing is missing.")
