"""`flask keys`: make, list and revoke API keys."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.auth import service
from app.extensions import settings
from app.http.errors import AssayError

if TYPE_CHECKING:
    from collections.abc import Iterator

keys = AppGroup("keys", help="Make, list and revoke API keys.")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn a refusal, or a database that cannot be asked, into one line."""
    try:
        yield
    except AssayError as error:
        raise click.ClickException(error.detail) from None
    except OperationalError:
        url = make_url(settings().database_url)
        raise click.ClickException(
            f"PostgreSQL does not let us in at {url.render_as_string(hide_password=True)}; start it "
            "(`make run` starts one), or set DATABASE_URL to one that runs"
        ) from None
    except ProgrammingError:
        raise click.ClickException("the database has no table of keys; run `flask db upgrade`") from None


@keys.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(service.ROLES), default="user", show_default=True)
@_plain_errors()
def create(name: str, role: str) -> None:
    """Make a key and print it, this once."""
    click.echo(service.create_key(name, role=role))


@keys.command("list")
@_plain_errors()
def show() -> None:
    """List the keys: id, name, role, when made, when revoked."""
    for key in service.list_keys():
        revoked = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "live"
        click.echo(f"{key.id}  {key.name}  {key.role}  {key.created_at:%Y-%m-%d %H:%M}  {revoked}")


@keys.command("revoke")
@click.argument("name")
@_plain_errors()
def revoke(name: str) -> None:
    """Make a key worthless."""
    service.revoke_key(name)
    click.echo(f"{name} is revoked.")
