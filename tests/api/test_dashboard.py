"""The dashboard shows admins what is in Redis, changes nothing, and believes nothing it finds there."""

from __future__ import annotations

import base64
import json
import os
import pickle
import uuid
import zlib

import pytest
import redis
from rq.serializers import DefaultSerializer, resolve_serializer

from tests.clients import watched
from tests.contract.problems import problem
from tests.stacks import wait_for, wait_for_state

QUEUE = "planted"
OURS = "batch-bulk"  # a job of another queue is refused before the rest of it is looked at
XSS = "<img src=x onerror=\"alert('got in')\"><script>alert('got in')</script>"
PAGES = (
    "/rq/",
    "/rq/0/view",
    "/rq/0/view/queues",
    "/rq/0/view/workers",
    "/rq/0/data/queues.json",
    "/rq/0/data/workers.json",
)
WRITES = (
    ("POST", "/rq/job/{id}/delete"),
    ("POST", "/rq/job/{id}/requeue"),
    ("POST", "/rq/requeue/{queue}"),
    ("GET", "/rq/requeue/{queue}"),
    ("HEAD", "/rq/requeue/{queue}"),
    ("POST", "/rq/queue/{queue}/queued/empty"),
    ("POST", "/rq/queue/{queue}/failed/empty"),
    ("POST", "/rq/queue/{queue}/compact"),
    ("DELETE", "/rq/"),
    ("PUT", "/rq/0/view/queues"),
    ("PATCH", "/rq/"),
)


class Bomb:
    """What an attacker pickles: to open it is to run it."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def payload(function, *arguments):
    return zlib.compress(json.dumps([function, None, list(arguments), {}]).encode())


@pytest.fixture
def connection(running_stack):
    with redis.Redis.from_url(running_stack.redis_url) as client:
        yield client
        client.delete(
            f"rq:queue:{QUEUE}",
            f"rq:failed:{QUEUE}",
            f"rq:failed:{OURS}",
            *client.scan_iter("rq:job:planted*"),
        )
        client.srem("rq:queues", f"rq:queue:{QUEUE}")


@pytest.fixture
def plant(connection):
    """A function that puts a job into a queue and a registry of its own, whatever is in it."""

    def put(**fields):
        job_id = f"planted-{uuid.uuid4()}"
        whole = {
            "data": payload("workers.run.perform", str(uuid.uuid4())),
            "created_at": "2026-01-01T00:00:00.000000Z",
            "enqueued_at": "2026-01-01T00:00:00.000000Z",
            "origin": OURS,
            "status": "failed",
            "description": job_id,
            "timeout": 60,
            **fields,
        }
        connection.hset(f"rq:job:{job_id}", mapping=whole)
        connection.sadd("rq:queues", f"rq:queue:{QUEUE}")
        connection.rpush(f"rq:queue:{QUEUE}", job_id)
        for queue in (QUEUE, OURS):
            connection.zadd(f"rq:failed:{queue}", {job_id: 9e12})
        return job_id

    return put


def pages_of(job_id):
    """Return each page that shows a job."""
    return [
        f"/rq/0/view/job/{job_id}",
        f"/rq/0/data/job/{job_id}.json",
        *(f"/rq/0/data/jobs/{QUEUE}/{registry}/8/asc/1.json" for registry in ("queued", "failed")),
        *(f"/rq/0/view/jobs/{QUEUE}/{registry}/8/asc/1" for registry in ("queued", "failed")),
        f"/rq/0/data/jobs/{OURS}/failed/8/asc/1.json",
    ]


@pytest.mark.parametrize("path", PAGES)
def test_only_an_admin_gets_in(dashboard, path):
    with dashboard.client() as nobody, dashboard.client("alice") as user, dashboard.client("root") as admin:
        refused = nobody.get(path)
        problem(refused, 401, "unauthorized")
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        problem(user.get(path), 403, "forbidden")
        assert admin.get(path, follow_redirects=True).status_code == 200


def test_a_browser_sends_the_key_as_a_password(dashboard):
    sent = base64.b64encode(f"anyone:{dashboard.keys['root']}".encode()).decode()
    with dashboard.client(Authorization=f"Basic {sent}") as browser:
        assert browser.get("/rq/", follow_redirects=True).status_code == 200


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nobody_changes_anything(dashboard, plant, connection, method, path):
    job_id = plant()
    sent = path.format(id=job_id, queue=QUEUE)
    with dashboard.client() as nobody, dashboard.client("alice") as user, dashboard.client("root") as admin:
        assert [client.request(method, sent).status_code for client in (nobody, user, admin)] == [
            401,
            403,
            405,
        ]
        if method != "HEAD":
            assert admin.request(method, sent).headers["Allow"] == "GET, HEAD"
    assert connection.lrange(f"rq:queue:{QUEUE}", 0, -1) == [job_id.encode()]
    assert connection.zscore(f"rq:failed:{QUEUE}", job_id)
    assert connection.hget(f"rq:job:{job_id}", "status") == b"failed"


@pytest.mark.parametrize("field", ["data", "meta", "result", "exc_info"])
@pytest.mark.parametrize("squeezed", [False, True])
def test_a_pickle_is_never_opened(dashboard, plant, tmp_path, field, squeezed):
    marker = tmp_path / "executed"
    bomb = pickle.dumps(Bomb(marker))
    job_id = plant(**{field: zlib.compress(bomb) if squeezed else bomb})
    with dashboard.client("root") as admin:
        for path in pages_of(job_id):
            assert admin.get(path).status_code in {200, 404, 422}
    assert not marker.exists()


def test_rq_has_no_way_left_to_open_a_pickle_in_our_processes(app, tmp_path):
    marker = tmp_path / "executed"
    for serializer in (DefaultSerializer, resolve_serializer(None), resolve_serializer("pickle")):
        with pytest.raises(ValueError, match=r"codec|Expecting"):
            serializer.loads(pickle.dumps(Bomb(marker)))
    assert not marker.exists()


@pytest.mark.parametrize(
    "function", ["os.system", "builtins.eval", "subprocess.call", "builtins.exec", "posix.system"]
)
def test_a_function_that_is_not_ours_is_never_called(dashboard, plant, tmp_path, function):
    marker = tmp_path / "executed"
    job_id = plant(data=payload(function, f"touch {marker}"))
    with dashboard.client("root") as admin:
        for path in pages_of(job_id):
            assert admin.get(path).status_code in {200, 404, 422}
    assert not marker.exists()


def test_a_planted_job_is_refused_by_the_workers_too(running_stack, client, connection, tmp_path):
    marker = tmp_path / "executed"
    planted = []
    for queue in ("batch-interactive", "batch-bulk", "realtime"):
        for data in (
            pickle.dumps(Bomb(marker)),
            zlib.compress(pickle.dumps(Bomb(marker))),
            payload("os.system", f"touch {marker}"),
        ):
            job_id = str(uuid.uuid4())
            connection.hset(f"rq:job:{job_id}", mapping={"data": data, "origin": queue, "status": "queued"})
            connection.rpush(f"rq:queue:{queue}", job_id)
            planted.append(job_id)
    after = client.post("/trial/work", json={}).json()["id"]
    wait_for_state(client, after, "succeeded")
    wait_for(
        lambda: not connection.exists(*(f"rq:job:{job_id}" for job_id in planted)),
        what="the planted jobs to be thrown away",
    )
    assert not marker.exists()
    assert client.post("/trial/echo", json={"input": {}}).status_code == 200


def test_every_page_has_a_policy_that_names_its_scripts(dashboard, plant):
    job_id = plant()
    with dashboard.client("root") as admin:
        seen = set()
        for path in (*PAGES, *pages_of(job_id)):
            answer = admin.get(path, follow_redirects=True)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
            assert "'unsafe-inline'" not in scripts
            assert "http" not in scripts
            seen.add(scripts)
        assert len(seen) > len(PAGES), "a nonce is never used twice"


@pytest.mark.browser
def test_text_planted_in_a_job_stays_text(dashboard, plant, browser):
    job_id = plant(description=XSS)
    credentials = {"username": "x", "password": dashboard.keys["root"]}
    for path in (f"/rq/0/view/job/{job_id}", f"/rq/0/view/jobs/{OURS}/failed/8/asc/1"):
        with watched(browser, dashboard.url + path, http_credentials=credentials) as sight:
            sight.page.get_by_text("got in").first.wait_for()
            assert sight.page.locator("img[src=x]").count() == 0
            assert sight.dialogs == []
            assert sight.violations == []
            assert sight.console == []
            assert [url for url in sight.requests if not url.startswith((dashboard.url, "data:"))] == []


@pytest.mark.browser
def test_the_dashboard_draws_its_queues_and_workers(dashboard, browser):
    credentials = {"username": "x", "password": dashboard.keys["root"]}
    with watched(browser, f"{dashboard.url}/rq/", http_credentials=credentials) as sight:
        sight.page.get_by_text("batch-interactive").first.wait_for()
        assert sight.console == []
        assert sight.violations == []
