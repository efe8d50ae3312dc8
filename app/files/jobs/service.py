"""Make jobs of uploads, find them again, and cancel them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.files.jobs.choosing import check_sizes, choose_system, read_options
from app.files.uploads import service as uploads
from app.http.errors import NotFound
from app.jobs import event_stream, service, submission
from app.jobs.idempotency import claim_key
from app.jobs.submission import JobRequest
from app.system import FINAL, State, readers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from app.files.uploads.models import Upload
    from app.jobs.models import Job
    from app.system import Files


def start(wish: Mapping[str, Any]) -> Job:
    """Commit a job that reads uploads.

    Raises:
        NotFound, Gone: there is no such upload, or no longer.
        Conflict: an upload is not whole yet.
        Invalid: it is not clear who shall read it, or an option is not acceptable.
        UnsupportedType, TooLarge: the system does not read such a file.
        TooMany: as much waits as may wait.

    """
    with claim_key() as claim:
        return claim.earlier or submission.submit(_ask(wish), job_id=claim.job_id)


def _ask(wish: Mapping[str, Any]) -> JobRequest:
    """Return what a job is to do with the uploads that are named."""
    files = _uploads_of(wish)
    name = choose_system(files, wish.get("system"))
    check_sizes(files, name)
    options = read_options(name, wish["options"])
    uploads.hold(files)
    input_ = {"upload_ids": [str(upload.id) for upload in files]}
    return JobRequest(name, readers()[name].task, input_, options, items=None)


def _uploads_of(wish: Mapping[str, Any]) -> Sequence[Upload]:
    """Return the uploads that are named, all of them whole."""
    if "upload_id" in wish:
        return [uploads.get(wish["upload_id"])]
    return uploads.get_batch(wish["batch_id"])


def find(job_id: UUID) -> Job:
    """Return the caller's job that reads files.

    Raises:
        NotFound: there is none; a job of another kind counts as none.
        Gone: its time is over.

    """
    job = service.get(job_id)
    files = readers().get(job.system)
    if files is None or job.task != files.task:
        raise NotFound(f"There is no job {job_id} that reads files.")
    service.check_kept(job)
    return job


def files_of(job: Job) -> Files:
    """Return what a file job's system does with files."""
    return readers()[job.system]


def is_partial(job: Job, coverage: Mapping[str, int]) -> bool:
    """Say whether what a job left is less than all of its input, done."""
    return job.state != State.SUCCEEDED or coverage["done"] < coverage["total"]


def was_partial(job: Job) -> bool | None:
    """Say whether an ended job left less than all; None until it has ended."""
    if job.state not in FINAL:
        return None
    return job.state != State.SUCCEEDED or is_partial(job, files_of(job).results.summary(job)["coverage"])


def cancel(job_id: UUID, *, wait_s: float) -> Job:
    """Cancel a job that waits or runs, and give a running one time to stop.

    Raises:
        Conflict: it has ended already.

    """
    find(job_id)
    job = service.cancel(job_id)
    if job.state == State.CANCELLING and wait_s:
        event_stream.wait_until_final(job_id, wait_s)
    return service.get(job_id)
