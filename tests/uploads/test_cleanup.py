"""What has had its time goes, file first; what is needed stays; strangers see nothing of it."""

from __future__ import annotations

import os
import time
import uuid

import pytest
from sqlalchemy import select

from app.extensions import db
from app.files.uploads import cleanup, erasing, service
from app.files.uploads.models import Upload
from app.files.uploads.storage import part_of, storage
from app.http.errors import Gone, NotFound, TaskError
from app.jobs.models import Job
from app.system import State
from tests.servers import ask
from tests.uploads.sending import CSV, ROOT, TUS, archive, begin, files_of, patch, path_of, send, send_all

OLD_S = 7200


@pytest.fixture
def request_context(app):
    with app.test_request_context():
        yield


def expire(stack, upload_id):
    ask(stack.postgres, f"UPDATE uploads SET expires_at = now() - interval '1 s' WHERE id = '{upload_id}'")


def upload(client, data=CSV):
    return send(client, data, name="mine.csv").json()["upload_id"]


def job_of(*upload_ids, state=State.QUEUED, owner="local"):
    """Insert a job that names uploads."""
    job = Job(
        id=uuid.uuid4(),
        owner=owner,
        system="sheets",
        task="lines",
        lane="batch",
        state=state,
        input={"upload_ids": [str(each) for each in upload_ids]},
        timeout_s=60,
    )
    db.session.add(job)
    db.session.commit()
    return job


def upload_of(upload_id):
    db.session.rollback()
    return db.session.scalars(select(Upload).where(Upload.id == upload_id)).one_or_none()


def test_an_expired_upload_loses_its_file_and_its_name_and_is_gone(stack, client, app):
    upload_id, kept = upload(client), upload(client)
    path = path_of(stack, upload_id)
    expire(stack, upload_id)
    done = cleanup.clean()
    assert (done.expired, done.failed, done.freed_bytes) == (1, 0, len(CSV))
    assert not path.exists()
    assert (upload_of(upload_id).state, upload_of(upload_id).name) == ("expired", "")
    answer = client.get(f"{ROOT}/{upload_id}")
    assert (answer.status_code, answer.json()["code"]) == (410, "expired")
    assert path_of(stack, kept)
    assert cleanup.clean() == cleanup.Done()
    assert client.delete(f"{ROOT}/{upload_id}").status_code == 204


def test_an_upload_whose_file_stays_is_not_called_expired(stack, client, app, monkeypatch):
    upload_id = upload(client)
    expire(stack, upload_id)
    monkeypatch.setattr(storage(), "delete", lambda _key: None)
    assert cleanup.clean().failed == 1
    assert upload_of(upload_id).state == "uploaded"
    monkeypatch.undo()
    assert cleanup.clean().expired == 1


def test_an_upload_that_was_never_finished_is_removed(stack, client, app):
    path = begin(client, 1000, system="sheets")
    patch(client, path, 0, b"a,b\n")
    expire(stack, path.rpartition("/")[2])
    before = files_of(stack)[1]
    done = cleanup.clean()
    assert (done.stale, done.freed_bytes) == (1, 4)
    assert len(before - files_of(stack)[1]) == 1
    assert client.head(path, headers=TUS).status_code == 410


def test_an_upload_that_a_job_will_read_is_kept(stack, client, app):
    upload_id = upload(client)
    expire(stack, upload_id)
    job = job_of(upload_id)
    assert cleanup.clean() == cleanup.Done()
    assert client.delete(f"{ROOT}/{upload_id}").status_code == 409
    assert [str(each.id) for each in service.of_job(db.session(), job)] == [upload_id]
    job.state = State.SUCCEEDED
    db.session.commit()
    assert cleanup.clean().expired == 1
    with pytest.raises(TaskError, match="not there any more"):
        service.of_job(db.session(), job)


def test_files_that_no_row_names_are_removed_once_they_are_old(stack, client, app):
    store = storage()
    named = path_of(stack, upload(client))
    path = begin(client, 1000, system="sheets")
    patch(client, path, 0, b"a,b\n")
    receiving = max(files_of(stack)[1], key=lambda p: p.stat().st_mtime)
    fresh, old = (part_of(store.incoming, uuid.uuid4()) for _ in range(2))
    orphan = store.path(uuid.uuid4())
    for each in (fresh, old, orphan):
        each.parent.mkdir(exist_ok=True)
        each.write_bytes(b"12345")
    for each in (named, receiving, old, orphan):
        os.utime(each, (time.time() - OLD_S, time.time() - OLD_S))
    done = cleanup.remove_orphans()
    assert (done.orphans, done.failed) == (2, 0)
    assert done.freed_bytes == 10
    assert [each.exists() for each in (named, receiving, fresh, old, orphan)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    fresh.unlink()
    assert client.delete(path, headers=TUS).status_code == 204


def test_the_clock_cleans(stack, client):
    upload_id = upload(client)
    path = path_of(stack, upload_id)
    expire(stack, upload_id)
    clock = stack.start("clock", upload_cleanup_s=0.2)
    from tests.stacks import wait_for

    wait_for(lambda: not path.exists(), what="the clock to clean")
    line = wait_for(lambda: next((e for e in clock.lines() if e["event"] == "uploads_cleaned"), None))
    assert (line["expired"], line["freed_bytes"]) == (1, len(CSV))
    clock.kill()
    assert "mine.csv" not in clock.log.read_text()


def test_erasing_a_job_erases_what_no_other_job_needs(stack, client, app):
    shared, own = upload(client), upload(client)
    paths = [path_of(stack, shared), path_of(stack, own)]
    first, second = job_of(shared, own, state=State.SUCCEEDED), job_of(shared, state=State.SUCCEEDED)
    erasing.erase_of_job(first)
    db.session.commit()
    assert [path.exists() for path in paths] == [True, False]
    assert upload_of(own) is None
    erasing.erase_of_job(first)
    db.session.delete(first)
    db.session.commit()
    erasing.erase_of_job(second)
    db.session.commit()
    assert not paths[0].exists()
    erasing.erase_of_job(job_of(shared))


def test_a_batch_is_found_in_the_order_of_its_form(client, request_context):
    answer = send_all(client, ("a", CSV), ("b", b""), ("c", b'{"a": 1}'), system="sheets").json()
    uploads = service.get_batch(uuid.UUID(answer["batch_id"]))
    assert [each.name for each in uploads] == ["a", "c"]
    with pytest.raises(NotFound):
        service.get_batch(uuid.uuid4())


def test_a_job_reads_its_own_owners_uploads_in_its_own_order(client, app):
    one, two = upload(client), upload(client)
    assert [str(e.id) for e in service.of_job(db.session(), job_of(two, one))] == [two, one]
    with pytest.raises(TaskError):
        service.of_job(db.session(), job_of(one, owner="somebody"))
    erasing.erase_of_job(job_of(one, owner="somebody"))
    db.session.commit()
    assert upload_of(one)


def test_a_file_is_opened_and_one_that_was_lost_is_said_to_be(stack, client, request_context):
    data = archive(300_000)
    upload_id = uuid.UUID(send(client, data).json()["upload_id"])
    mine = service.get(upload_id)
    with service.opened(mine) as path:
        assert path.read_bytes() == data
    path_of(stack, upload_id).unlink()
    with pytest.raises(Gone), service.opened(mine):
        pass


def test_anothers_upload_is_not_there(stack, client):
    """On every route, with the body that a missing one has."""
    made = stack.make_keys(alice="user", bob="user")
    alice, bob = ({"Authorization": f"Bearer {made[name]}"} for name in ("alice", "bob"))
    stack.start("web", auth_mode="keys", web_concurrency=1)
    base_url = f"http://127.0.0.1:{stack.ports[-1]}"
    import httpx

    from tests.stacks import status_of, wait_for

    with httpx.Client(base_url=base_url) as web:
        wait_for(lambda: status_of(web, "/healthz") == 200)
        mine = web.post(f"{ROOT}/file", files={"file": ("a.csv", CSV)}, headers=alice).json()["upload_id"]
        assert web.get(f"{ROOT}/{mine}", headers=alice).status_code == 200
        path = web.post(f"{ROOT}/resumable", headers={**TUS, **alice, "Upload-Length": "9"}).headers[
            "Location"
        ]
        for method, place in [
            ("GET", f"{ROOT}/{mine}"),
            ("DELETE", f"{ROOT}/{mine}"),
            ("HEAD", path),
            ("PATCH", path),
            ("DELETE", path),
        ]:
            foreign = web.request(method, place, headers={**TUS, **bob})
            missing = web.request(
                method, f"{place.rpartition('/')[0]}/{uuid.uuid4()}", headers={**TUS, **bob}
            )
            assert foreign.status_code == missing.status_code == 404
            assert len(foreign.content) == len(missing.content)
            assert web.request(method, place, headers=TUS).status_code == 401
        assert web.post(f"{ROOT}/file", files={"file": ("a.csv", CSV)}).status_code == 401
        assert web.get(f"{ROOT}/{mine}", headers=alice).status_code == 200
