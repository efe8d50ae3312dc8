"""The migrations make the tables that the code has, and can be taken back."""

from __future__ import annotations

import shutil

import psycopg2
import pytest
from alembic.script import ScriptDirectory

from app.extensions import db
from app.telemetry.health import migrations
from tests.servers import ask
from tests.sharing import process_number
from tests.stacks import Stack, db_command

TABLES = {
    *("accident_predictions", "api_keys", "idempotency_keys", "job_attempts", "job_events", "jobs"),
    *("review_rows", "review_sentiments", "review_summaries", "uploads"),
}
INDEXES = {
    "ix_idempotency_keys_created_at",
    "ix_jobs_active",
    "ix_jobs_claimable",
    "ix_jobs_dead",
    "ix_jobs_expires_at",
    "ix_jobs_owner",
    "ix_jobs_turn",
    "ix_jobs_waiting",
    "ix_review_rows_faulty",
    "uq_api_keys_live_name",
}


class Database:
    """A new, empty database beside the others of a server."""

    name = f"migrations_{process_number()}"

    def __init__(self, server):
        self.url = server.url.rpartition("/")[0] + "/" + self.name


@pytest.fixture
def database(postgres_server, valkey_server, tmp_path):
    """A stack without processes over an empty database, without the tests' own system."""
    ask(postgres_server, f"DROP DATABASE IF EXISTS {Database.name}")
    ask(postgres_server, f"CREATE DATABASE {Database.name}")
    yield Stack(tmp_path, Database(postgres_server).url, valkey_server.url, {"extra_systems": ""})
    ask(postgres_server, f"DROP DATABASE {Database.name} WITH (FORCE)")


def run(stack, *arguments):
    with stack.app().app_context():
        db_command(*arguments)
        db.engine.dispose()


def check(stack):
    """Return what a new process, which has no tables of tests, says of the database."""
    done = stack.flask("db", "check")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def names(stack, kind):
    """Return what PostgreSQL has in its public schema: `tables` or `indexes`."""
    with psycopg2.connect(stack.postgres_url) as connection:
        cursor = connection.cursor()
        cursor.execute(
            f"SELECT {kind[:-1] if kind == 'tables' else 'index'}name FROM pg_{kind} WHERE schemaname = 'public'"
        )
        return {row[0] for row in cursor.fetchall()} - {"alembic_version", "alembic_version_pkc"}


def test_migrations_go_up_and_down_and_up_again_to_what_the_models_say(database):
    run(database, "upgrade")
    assert names(database, "tables") >= TABLES
    assert names(database, "indexes") >= INDEXES
    assert "No new upgrade operations detected" in check(database)
    run(database, "downgrade", None, "base")
    assert names(database, "tables") == set()
    run(database, "upgrade")
    assert names(database, "tables") >= TABLES


def test_readiness_knows_the_migrations_that_alembic_knows(database, tmp_path):
    """Also one whose number alembic has chosen, as `flask db migrate` lets it."""
    app = database.app()
    shutil.copytree(app.config["MIGRATIONS"], tmp_path / "migrations")
    app.config["MIGRATIONS"] = tmp_path / "migrations"
    scripts = ScriptDirectory(str(app.config["MIGRATIONS"]))
    for number in (None, "f0e1d2c3b4a5", "1a2b3c4d5e6f"):
        if number:
            scripts.generate_revision(number, f"Make {number}", refresh=True)
        revisions = [script.revision for script in scripts.walk_revisions()]
        with app.app_context():
            assert migrations.__wrapped__() == revisions
        assert number in (None, revisions[0])


def test_a_row_hanging_on_a_job_goes_with_it(database):
    run(database, "upgrade")
    with psycopg2.connect(database.postgres_url) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT conrelid::regclass::text, confdeltype FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = 'jobs'::regclass",
        )
        rules = {row[0]: row[1] for row in cursor.fetchall()}
    assert {"accident_predictions", "job_attempts", "job_events"} <= set(rules)
    assert rules.pop("chat_messages") == "n"  # a conversation outlives the jobs of its answers
    assert set(rules.values()) == {"c"}, "ON DELETE CASCADE"


def test_names_that_were_used_again_survive_the_way_back(database):
    run(database, "upgrade")
    row = "('{0}', 'alice', 'user', '{0}', '2026-01-0{1}', {2})"
    rows = [
        row.format("00000001", 1, "now()"), row.format("00000002", 2, "now()"), row.format("00000003", 3, "NULL")
    ]  # fmt: skip
    with psycopg2.connect(database.postgres_url) as connection:
        columns = "(id, name, role, secret_sha256, created_at, revoked_at)"
        connection.cursor().execute(f"INSERT INTO api_keys {columns} VALUES {', '.join(rows)}")
    run(database, "downgrade", None, "0004")
    with psycopg2.connect(database.postgres_url) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT id, name FROM api_keys ORDER BY id")
        names_then = dict(cursor.fetchall())
    assert names_then["00000003"] == "alice"
    assert len(set(names_then.values())) == 3
    run(database, "upgrade")
