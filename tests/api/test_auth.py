"""Keys are shown once and stored as hashes; whoever has none gets in nowhere, and nobody sees another's."""

from __future__ import annotations

import base64
import hashlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.auth.service import create_key
from app.http.errors import Conflict
from stack.servers import free_port
from tests.clients import job_of
from tests.contract.problems import ids_of, path_of, problem, rules
from tests.servers import ask as ask_database
from tests.stacks import ACCIDENT, SECRET, Stack, wait_for, wait_for_state

OPEN = (
    "/healthz",
    "/health",
    "/readyz",
    "/ready",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/static",
    "/docs/ui",
)
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def flask_keys(app, *arguments):
    """Run `flask keys` and return its exit code and what it said."""
    done = app.test_cli_runner().invoke(args=["keys", *arguments])
    return done.exit_code, done.output.strip()


def line_of(text, name):
    """Return the line that names a key."""
    return next(line for line in text.splitlines() if f"  {name}  " in line)


OWN_PROOF = ("/api/shared/", "/jobs/")  # a link's token, Directus' own: tests of their systems try them


def guarded(app):
    """Return each route and method that needs a key."""
    return [
        (rule, method)
        for rule in rules(app)
        for method in rule.methods & METHODS
        if not rule.rule.startswith((*OPEN, *OWN_PROOF)) and rule.rule != "/"
    ]


def test_a_key_is_made_listed_and_revoked_on_the_command_line(app, keyed_web, postgres_server):
    name = f"carol-{uuid.uuid4().hex[:6]}"
    code, key = flask_keys(app, "create", name, "--role", "user")
    assert code == 0
    assert key.startswith("assay_")
    (row,) = ask_database(
        postgres_server, f"SELECT id, role, secret_sha256 FROM api_keys WHERE name = '{name}'"
    )
    secret = key.removeprefix(f"assay_{row[0]}_")
    assert row[1:] == ("user", hashlib.sha256(secret.encode()).hexdigest())

    code, again = flask_keys(app, "create", name)
    assert code == 1
    assert name in again

    _, shown = flask_keys(app, "list")
    assert line_of(shown, name).endswith("live")
    assert secret not in shown

    with keyed_web.client(Authorization=f"Bearer {key}") as carol:
        assert carol.get("/api/v1/jobs").status_code == 200
        assert flask_keys(app, "revoke", name) == (0, f"{name} is revoked.")
        wait_for(lambda: carol.get("/api/v1/jobs").status_code == 401, what="the revoked key to be worthless")
    assert " revoked 20" in line_of(flask_keys(app, "list")[1], name)
    assert flask_keys(app, "revoke", name)[0] == 1


def test_a_leaked_key_is_replaced_and_its_owner_keeps_what_is_hers(app, keyed_web):
    name = f"dora.{uuid.uuid4().hex[:6]}@example.org"
    _, leaked = flask_keys(app, "create", name)
    with keyed_web.client(Authorization=f"Bearer {leaked}") as dora:
        job_id = job_of(dora.post("/trial/work", json={}))
    assert flask_keys(app, "revoke", name)[0] == 0
    code, key = flask_keys(app, "create", name)
    assert code == 0
    with keyed_web.client(Authorization=f"Bearer {key}") as dora:
        assert dora.get(f"/api/v1/jobs/{job_id}").status_code == 200
    lines = [line for line in flask_keys(app, "list")[1].splitlines() if f"  {name}  " in line]
    assert [line.endswith("live") for line in lines] == [False, True]
    assert flask_keys(app, "revoke", name)[0] == 0


@pytest.mark.parametrize("name", ["local", "", "a b", "x" * 65, "alice\n", "alic\u00e9", "a/b", "<b>"])
def test_a_name_that_could_be_mistaken_is_refused(app, name):
    code, output = flask_keys(app, "create", "--", name)
    assert code == 1
    assert output.startswith("Error: ")
    assert "1 to 64 of" in output


def test_of_two_keys_of_one_name_made_at_once_one_is_made(app):
    name, both_there = f"eve-{uuid.uuid4().hex[:6]}", threading.Barrier(2)

    def make():
        with app.app_context():
            both_there.wait()
            try:
                create_key(name)
            except Conflict as error:
                return error.detail
        return ""

    with ThreadPoolExecutor(2) as pool:
        outcomes = [made.result() for made in [pool.submit(make) for _ in range(2)]]
    assert sorted(outcomes) == ["", f"There is a live key named '{name}'; revoke it or choose another name."]


@pytest.mark.parametrize("act", [("create", "x"), ("list",), ("revoke", "x")])
def test_a_database_that_does_not_answer_is_one_line(running_stack, act):
    url = f"postgresql://someone:hidden@127.0.0.1:{free_port()}/assay"
    code, output = flask_keys(running_stack.app(database_url=url), *act)
    assert code == 1
    assert output.startswith("Error: PostgreSQL does not let us in at")
    assert output.count("\n") == 0
    assert "hidden" not in output


def test_without_a_key_every_route_is_a_401_whatever_is_sent(app, anybody):
    asked = guarded(app)
    assert len(asked) >= 9
    for rule, method in asked:
        large = b"x" * 2_000_000 if method == "POST" else b"x"
        for body in (None, b"{}", b"[", large):
            headers = {"Content-Type": "application/json"} if body else {}
            answer = anybody.request(method, path_of(rule), content=body, headers=headers)
            problem(answer, 401, "unauthorized")
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="assay"'


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        "Bearer assay_00000000_" + "x" * 43,
        "Bearer " + "x" * 8000,
        "Basic bm9uZTpub25l",
        "Basic !!!",
        "Digest username=x",
        "Bearer assay_' OR 1=1 --",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
    ],
    ids=lambda sent: sent[:30],
)
def test_what_is_no_key_is_a_401_that_does_not_say_why(anybody, sent):
    body = problem(anybody.get("/api/v1/jobs", headers={"Authorization": sent}), 401, "unauthorized")
    assert sent[7:] not in body["detail"] or not sent[7:].strip()


def test_a_key_with_one_letter_changed_is_no_key(keyed_web, anybody):
    key = keyed_web.keys["alice"]
    for place in (8, len(key) - 2, 20):
        other = key[:place] + ("0" if key[place] != "0" else "1") + key[place + 1 :]
        problem(anybody.get("/api/v1/jobs", headers={"Authorization": f"Bearer {other}"}), 401)
    assert anybody.get("/api/v1/jobs", headers={"Authorization": f"bearer {key}"}).status_code == 200


def test_a_key_that_a_browser_sends_by_itself_is_none(app, keyed_web, anybody):
    basic = base64.b64encode(f"x:{keyed_web.keys['root']}".encode()).decode()
    for rule, method in guarded(app):
        answer = anybody.request(method, path_of(rule), headers={"Authorization": f"Basic {basic}"})
        problem(answer, 401, "unauthorized")


def test_the_open_routes_need_no_key(anybody):
    for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"):
        assert anybody.get(path).status_code == 200


def without_tokens(job):
    """Return a job without the token in the address of its events, which is made anew each second."""
    return job | {"links": job["links"] | {"events": job["links"]["events"].partition("?")[0]}}


def test_nobody_sees_or_touches_what_is_anothers(app, alice, bob):
    one = alice.post("/api/predict/eclo", json=ACCIDENT).json()["prediction_id"]
    batch = job_of(alice.post("/api/predict/eclo/batch", json={"items": [ACCIDENT] * 2}))
    wait_for_state(alice, batch, "succeeded")
    before = without_tokens(alice.get(f"/api/v1/jobs/{batch}").json())
    for rule, method in guarded(app):
        for foreign in (one, batch) if ids_of(rule) else ():
            missing = str(uuid.uuid4())
            answers = [bob.request(method, path_of(rule, uuid.UUID(job_id))) for job_id in (foreign, missing)]
            code = "01" if rule.rule.startswith("/api/v1/reviews/") else "not_found"  # its API's own
            bodies = [{**problem(answer, 404, code), "request_id": "", "instance": ""} for answer in answers]
            bodies = [
                {**body, "detail": body["detail"].replace(job_id, "ID"), "message": ""}
                for body, job_id in zip(bodies, (foreign, missing), strict=True)
            ]
            assert bodies[0] == bodies[1], rule
            assert set(answers[0].headers) == set(answers[1].headers)
    assert without_tokens(alice.get(f"/api/v1/jobs/{batch}").json()) == before
    assert alice.get(f"/api/predict/eclo/{one}").status_code == 200


def test_a_list_holds_only_ones_own(alice, bob, admin):
    mine = job_of(alice.post("/trial/work", json={}))
    theirs = job_of(bob.post("/trial/work", json={}))
    lists = {
        who: {job["id"] for job in client.get("/api/v1/jobs?limit=200").json()["jobs"]}
        for who, client in (("alice", alice), ("bob", bob), ("admin", admin))
    }
    assert mine in lists["alice"]
    assert theirs not in lists["alice"]
    assert theirs in lists["bob"]
    assert mine not in lists["bob"]
    assert {mine, theirs} <= lists["admin"]


def test_a_foreign_cursor_shows_nothing_foreign(alice, bob):
    job_of(alice.post("/trial/work", json={}))
    theirs = job_of(bob.post("/trial/work", json={}))
    listed = alice.get(f"/api/v1/jobs?cursor={theirs}&limit=200").json()["jobs"]
    assert listed
    assert all(alice.get(job["links"]["self"]).status_code == 200 for job in listed)


def test_an_admin_sees_and_cancels_all(alice, admin):
    job_id = job_of(alice.post("/trial/work", json={"steps": 100, "seconds": 0.1}))
    assert admin.get(f"/api/v1/jobs/{job_id}").status_code == 200
    assert admin.post(f"/api/v1/jobs/{job_id}/cancel").status_code == 202
    wait_for_state(alice, job_id, "cancelled")
    assert admin.delete(f"/api/v1/jobs/{job_id}").status_code == 204


def test_a_header_that_names_a_user_makes_nobody_of_one(anybody, bob, alice):
    job_id = job_of(alice.post("/trial/work", json={}))
    for headers in (
        {"X-User-ID": "alice"},
        {"X-Forwarded-User": "alice"},
        {"Cookie": "user=alice; session=alice"},
    ):
        assert anybody.get("/api/v1/jobs", headers=headers).status_code == 401
        assert bob.get(f"/api/v1/jobs/{job_id}", headers=headers).status_code == 404


AGAIN = pytest.mark.slow("starts a process for what tests of the Procfile refuse too")


@pytest.mark.parametrize(
    ("kind", "settings", "word"),
    [
        pytest.param("web", {"auth_mode": "open", "host": "0.0.0.0"}, "AUTH_MODE", marks=AGAIN),
        pytest.param(
            "dashboard",
            {"auth_mode": "open", "host": "0.0.0.0", "dashboard_port": 1},
            "AUTH_MODE",
            marks=AGAIN,
        ),
        pytest.param("clock", {"auth_mode": "anyone"}, "AUTH_MODE", marks=AGAIN),
        ("realtime", {"secret_key": "short"}, "SECRET_KEY"),
        ("web", {"log_level": "verbose"}, "LOG_LEVEL"),
        ("dashboard", {"tries": 0}, "TRIES"),
        ("batch", {"database_url": "mysql://u:hidden@h/d"}, "DATABASE_URL"),
        ("clock", {"secret_key": "short"}, "SECRET_KEY"),
    ],
)
def test_an_unsafe_process_does_not_start(running_stack, tmp_path, kind, settings, word):
    process = Stack(tmp_path, running_stack.postgres_url, running_stack.redis_url).start(
        kind, port=1, **settings
    )
    assert process.popen.wait(60) == 1
    output = process.log.read_text()
    assert output.startswith(f"Error: {word}")
    assert output.count("\n") == 1
    assert SECRET not in output
    assert "hidden" not in output
