"""`flask keys`: make, list and revoke API keys."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.auth import service
from app.errors import AssayError

keys = AppGroup("keys", help="Make, list and revoke API keys.")


@keys.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(service.ROLES), default="user", show_default=True)
def create(name: str, role: str) -> None:
    """Make a key and print it, this once."""
    try:
        click.echo(service.create_key(name, role=role))
    except AssayError as error:
        raise click.ClickException(error.detail) from None


@keys.command("list")
def show() -> None:
    """List the keys: id, name, role, when made, when revoked."""
    for key in service.list_keys():
        revoked = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "live"
        click.echo(f"{key.id}  {key.name}  {key.role}  {key.created_at:%Y-%m-%d %H:%M}  {revoked}")


@keys.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Make a key worthless."""
    try:
        service.revoke_key(name)
    except AssayError as error:
        raise click.ClickException(error.detail) from None
    click.echo(f"{name} is revoked.")
