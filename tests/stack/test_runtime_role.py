"""The service runs as a role of the database that owns no tables and is no superuser."""

from __future__ import annotations

import psycopg2
import pytest

from tests.clients import job_of
from tests.servers import ask
from tests.stacks import ACCIDENT, Stack, run_stack, wait_for_state

ROLE, PASSWORD = "assay_run", "for-tests-only-" + "r" * 20


@pytest.fixture
def as_role(own_postgres, tmp_path):
    """The URL of the database for the role, made by the command twice, as two deployments do."""
    owner = Stack(tmp_path, own_postgres.url, "redis://127.0.0.1:1")
    for _ in range(2):
        done = owner.app().test_cli_runner().invoke(args=["runtime-role", ROLE, "--password", PASSWORD])
        assert done.exit_code == 0, done.output
    return f"postgresql://{ROLE}:{PASSWORD}@" + own_postgres.url.rpartition("@")[2]


def test_the_role_owns_nothing_and_may_not_change_tables(own_postgres, as_role):
    owned = f"SELECT count(*) FROM pg_class WHERE relowner = '{ROLE}'::regrole"
    assert ask(own_postgres, owned) == [(0,)]
    rights = (
        f"SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = '{ROLE}'"
    )
    assert ask(own_postgres, rights) == [(False, False, False, False)]
    connection = psycopg2.connect(as_role)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in (
            "DROP TABLE jobs",
            "ALTER TABLE jobs ADD x int",
            "CREATE TABLE x ()",
            "TRUNCATE jobs",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
    connection.close()


@pytest.mark.slow("starts all processes of a stack of its own")
def test_both_lanes_and_the_clock_serve_as_the_role(as_role, own_valkey, tmp_path):
    kinds, systems = "web realtime batch clock", "accidents reviews"
    with run_stack(tmp_path, as_role, own_valkey.url, kinds, served=systems, web_concurrency=1) as served:
        served.ready(timeout_s=120)
        with served.client() as client:
            assert client.post("/api/predict/eclo", json=ACCIDENT).status_code == 200
            batch = job_of(client.post("/api/predict/eclo/batch", json={"items": [ACCIDENT] * 2}))
            wait_for_state(client, batch, "succeeded", timeout_s=60)
            files = {"file": ("reviews.csv", b"n,text\n1,It is very good.\n")}
            judged = job_of(client.post("/api/v1/reviews/tasks/batch", files=files))
            wait_for_state(client, judged, "succeeded", timeout_s=90)
            assert client.delete(f"/api/v1/jobs/{judged}").status_code == 204
