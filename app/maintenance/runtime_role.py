"""The database role that the processes serve with: it reads and writes rows, and owns no table."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext
from psycopg2 import sql

from app.extensions import db

SHAPE = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


@click.command("runtime-role")
@click.argument("name")
@click.option(
    "--password", envvar="RUNTIME_PASSWORD", required=True, help="of the role; else RUNTIME_PASSWORD"
)
@with_appcontext
def runtime_role(name: str, password: str) -> None:
    """Make the role NAME, or make it again what it should be; to be run as the tables' owner."""
    connection: Any = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        role, shape = sql.Identifier(name), sql.SQL(f"{verb} ROLE {{role}} {SHAPE} PASSWORD {{password}}")
        cursor.execute(shape.format(role=role, password=sql.Literal(password)))
        cursor.execute(sql.SQL(RIGHTS).format(role=role))
        connection.commit()
    finally:
        connection.close()
    click.echo(f"The role {name} reads and writes, and owns nothing.")
