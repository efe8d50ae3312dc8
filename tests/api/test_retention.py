"""Results and uploads of each system are kept for its own time, and those of the rest for the general one."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from uuid_utils.compat import uuid7

from app import create_app
from app.config import Settings
from app.extensions import db
from app.files.uploads.models import Upload
from app.jobs import retention, transitions
from app.jobs.models import Job
from app.jobs.queue.messages import Request
from app.jobs.transitions import Ending, Fence
from app.setting_values import SettingError
from app.system import State
from tests.trial import SYSTEM as TRIAL
from workers.runtime import persist

ROWS = {"trial": b"%!PS\nsome lines\n", "reviews": b"text\ngood\n", None: b"text\ngood\n"}
OWN = {"system_retention_days": "trial=3,reviews=90", "system_upload_retention_days": "trial=1, reviews=14"}
DAYS = {"trial": 3, "reviews": 90, "accidents": 30}
UPLOAD_DAYS = {"trial": 1, "reviews": 14, None: 7}
FAILED = Ending("error", code="task_failed", detail="It failed.", retry=False, facts={})


@pytest.fixture
def kept(app, tmp_path):
    """An application in which two systems have a time of their own, and accidents have none."""
    made = create_app(replace(Settings.read(), storage_url=f"file://{tmp_path}", **OWN))
    with made.app_context():
        yield made
        db.session.rollback()


def running(system, state=State.RUNNING):
    """Insert a job that nobody else sees: it is never committed."""
    job = Job(
        id=uuid7(), owner="local", system=system, task="x", lane="batch", input={}, timeout_s=9, attempt=1
    )
    job.state = state
    db.session.add(job)
    db.session.flush()
    return job


@pytest.mark.parametrize(("system", "days"), DAYS.items())
def test_a_finished_job_is_kept_for_its_systems_time(kept, system, days):
    succeeded, failed, cancelled = running(system), running(system), running(system, State.QUEUED)
    assert transitions.succeed(db.session(), Fence(succeeded.id, 1), model_version=None)
    assert transitions.end(db.session(), Fence(failed.id, 1), FAILED)
    assert transitions.request_cancel(db.session(), cancelled.id)
    for job in (succeeded, failed, cancelled):
        assert job.expires_at - job.finished_at == timedelta(days=days)


@pytest.mark.parametrize(("system", "task"), [("trial", "echo"), ("reviews", "sentiment")])
def test_a_single_answer_is_kept_for_its_systems_time(kept, system, task):
    request = Request(
        id=uuid7(), owner="local", system=system, task=task, input={}, options={}, request_id=""
    )
    answered = persist.Answered(request, code="task_failed", detail="It failed.")
    persist.commit([answered], worker="w", begun=datetime.now(UTC))
    job = db.session.get(Job, request.id)
    assert job.expires_at - job.finished_at == timedelta(days=DAYS[system])


def lives(upload_id):
    upload = db.session.get(Upload, uuid.UUID(upload_id))
    return round((upload.expires_at - upload.created_at) / timedelta(days=1), 3)


@pytest.mark.parametrize(("system", "days"), UPLOAD_DAYS.items())
def test_an_upload_is_kept_for_the_time_of_the_system_that_it_was_sent_for(kept, system, days):
    fields = {"system": system} if system else {}
    with kept.test_client() as client:
        answer = client.post("/api/v1/upload/file", data={"file": (BytesIO(ROWS[system]), "a.csv"), **fields})
    assert answer.status_code == 201, answer.text
    assert lives(answer.json["upload_id"]) == days


@pytest.mark.parametrize(("system", "days"), UPLOAD_DAYS.items())
def test_a_resumed_upload_is_kept_for_the_time_of_its_system(kept, system, days):
    metadata = f"system {base64.b64encode(system.encode()).decode()}" if system else ""
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(ROWS[system])), "Upload-Metadata": metadata}
    body = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", **tus}
    with kept.test_client() as client:
        path = client.post("/api/v1/upload/resumable", headers=tus).headers["Location"]
        assert client.patch(path, data=ROWS[system], headers=body).status_code == 204
    assert lives(path.rpartition("/")[2]) == days


def test_a_system_may_say_its_time_itself_and_the_operator_has_the_last_word():
    files = replace(TRIAL.files, retention_days=2)
    systems = {
        "mood": replace(TRIAL, name="mood", retention_days=5, files=files),
        "trial": TRIAL,
        "plain": replace(TRIAL, name="plain", files=None),
    }
    assert retention.plan(Settings(), systems) == retention.Plan({"mood": 5}, {"mood": 2})
    settings = Settings(system_retention_days="mood=6,plain=1", system_upload_retention_days="mood=3")
    assert retention.plan(settings, systems) == retention.Plan({"mood": 6, "plain": 1}, {"mood": 3})


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("system_retention_days", "trail=3", "trail"),
        ("system_retention_days", "trial=3,trial=4", "twice"),
        ("system_retention_days", "trial", "whole days"),
        ("system_retention_days", "trial=0", "whole days"),
        ("system_retention_days", "trial=1.5", "whole days"),
        ("system_retention_days", "trial=-1", "whole days"),
        ("system_upload_retention_days", "plain=3", "plain"),
    ],
)
def test_a_setting_that_is_wrong_starts_nothing_and_says_what_is_right(name, text, word):
    systems = {"trial": TRIAL, "plain": replace(TRIAL, name="plain", files=None)}
    with pytest.raises(SettingError, match=name.upper()) as caught:
        retention.plan(Settings(**{name: text}), systems)
    assert word in str(caught.value)
