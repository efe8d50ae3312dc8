"""Make jobs of uploads, by the system that reads them; find them again, and cancel them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from marshmallow import ValidationError

from app.files.uploads import service as uploads
from app.files.uploads.detect import settle
from app.http.errors import Invalid, NotFound, TooLarge, UnsupportedType, refused
from app.jobs import event_stream, service, submission
from app.jobs.idempotency import claim_key
from app.jobs.submission import JobRequest
from app.system import FINAL, State, readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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


def choose_system(sent: Sequence[Upload], wanted: str | None) -> str:
    """Return the system that reads some uploads: the wanted one, the one they were sent for, or the only one.

    Raises:
        Invalid: that one reads no files, or more than one could and none is named.
        UnsupportedType: that one, or every one, does not read what was found.

    """
    reading_systems = readers()
    wanted = wanted or _sent_for(sent)
    if wanted is None:
        return _only_reader(sent, reading_systems)
    if wanted not in reading_systems:
        raise _unclear(f"The system {wanted!r} reads no files here", reading_systems, named=wanted)
    if not _reads(reading_systems[wanted].all_kinds, sent):
        raise _unread(f"The system {wanted!r} does not read", sent, reading_systems[wanted].all_kinds)
    return wanted


def _sent_for(sent: Sequence[Upload]) -> str | None:
    """Return the system that all uploads were sent for, None where they differ or say none."""
    named = {upload.system for upload in sent}
    return named.pop() if len(named) == 1 else None


def _only_reader(sent: Sequence[Upload], reading_systems: Mapping[str, Files]) -> str:
    """Return the one system that reads all of some uploads."""
    able = [name for name, files in reading_systems.items() if _reads(files.kinds, sent)]
    if len(able) > 1:
        raise _unclear("More than one system reads such files, so `system` must say which", able)
    if not able:
        raise _unread(
            "No system reads", sent, [kind for files in reading_systems.values() for kind in files.kinds]
        )
    return able[0]


def _reads(kinds: Sequence[str], sent: Sequence[Upload]) -> bool:
    return all(settle(upload.detected or "", kinds) is not None for upload in sent)


def _unclear(detail: str, able: Iterable[str], *, named: str | None = None) -> Invalid:
    allowed = sorted(able)
    reason = f"{detail}; there are: {', '.join(allowed)}."
    row = {"field": "system", "reason": reason, "value": named, "allowed": allowed}
    return Invalid(reason, code="invalid_fields", errors=[row])


def _unread(detail: str, sent: Sequence[Upload], kinds: Iterable[str]) -> UnsupportedType:
    allowed = sorted(set(kinds))
    detected = sorted({str(upload.detected) for upload in sent})
    return UnsupportedType(
        f"{detail} {', '.join(detected)}, which was found in the content; read are: {', '.join(allowed)}."
    )


def check_sizes(sent: Sequence[Upload], name: str) -> None:
    """Raise TooLarge when a file has more bytes than a system reads."""
    most = readers()[name].most_bytes
    for upload in sent:
        if upload.size > most:
            raise TooLarge(
                f"Upload {upload.id} has {upload.size} bytes; the system {name!r} reads files up to {most}."
            )


def read_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a system's options with their defaults, as JSON has them.

    Raises:
        Invalid: it names each field that is not acceptable.

    """
    schema = readers()[name].options()
    try:
        return cast("dict[str, Any]", schema.dump(schema.load(options)))
    except ValidationError as error:
        raise refused(error, schema, path="options") from None


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
