"""Receive a data set, and read it again as its owner says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import json
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from app.accidents.datasets import sample
from app.accidents.datasets.erasing import erase
from app.accidents.datasets.models import Dataset, DatasetVersion
from app.accidents.datasets.service import (
    DESCRIPTION_CHARACTERS,
    NAME_CHARACTERS,
    READ,
    SYSTEM,
    VersionedDataset,
    find,
    find_ready,
    ready,
)
from app.auth.service import owner
from app.extensions import db, settings
from app.files.uploads.detect import UNKNOWN, detect, head_of
from app.files.uploads.encodings import why_binary
from app.files.uploads.forms import Shape, received
from app.files.uploads.incoming import Incoming, off_loop
from app.files.uploads.storage import storage
from app.http.errors import AssayError, Conflict, Invalid, TooLarge, UnsupportedType
from app.jobs import event_stream
from app.jobs.realtime.submit import submit
from app.jobs.submission import JobRequest
from app.system import FINAL

if TYPE_CHECKING:
    from app.files.uploads.forms import Form

AT_ONCE_BYTES = 5_000_000  # a file of so many is ready in the answer
AT_ONCE_S = 25.0  # below the 30 s that routers wait for an answer's first byte
KINDS = ("text/csv", "text/plain")
STATUS_BY_CODE = {
    "unsupported_encoding": UnsupportedType,
    "too_many_columns": TooLarge,
}


def receive() -> VersionedDataset:
    """Keep the request's file as a data set and read it; wait for a small one.

    Raises:
        UnsupportedType, TooLarge, Invalid: the file cannot be a table.
        Conflict: the owner has as many data sets as may be.

    """
    shape = Shape("file", 1, fields=("name", "description"), most_bytes=settings().dataset_bytes)
    with received(shape) as sent:
        file = _only_file(sent)
        _check_kind(file)
        _check_room(file.size)
        dataset = _keep(file, sent.values)
    # a form has another boundary each time: the key is bound to what the form says
    body = json.dumps([dataset.sha256, dataset.name, dataset.description]).encode()
    reading = _read(dataset, 1, {}, body=body)
    _raise_fault(reading, forget=True)
    return reading


def shipped_sample() -> VersionedDataset:
    """Return the caller's copy of the sample that ships; it is made where there is none.

    Raises:
        Conflict: the owner has as many data sets as may be, or the copy is not read yet.

    """
    sha256 = hashlib.sha256(sample.content()).hexdigest()
    mine = select(Dataset.id).where(Dataset.owner == owner(), Dataset.sha256 == sha256)
    dataset_id = db.session.scalar(mine.order_by(Dataset.id).limit(1))
    if dataset_id is not None:
        return find_ready(dataset_id)
    file = Incoming(storage().incoming, sample.NAME, len(sample.content()))
    try:
        file.write(sample.content())
        file.finish()
        _check_room(file.size)
        dataset = _keep(file, {"description": sample.DESCRIPTION})
    finally:
        file.discard()
    return ready(_read(dataset, 1, {}, body=sha256.encode()))


def _only_file(sent: Form) -> Incoming:
    if not sent.files or not sent.files[0].size:
        reason = "The form has no file in the field 'file', or an empty one; one table is right."
        row = {"field": "file", "reason": reason, "value": None}
        raise Invalid(reason, code="empty_file" if sent.files else "invalid_fields", errors=[row])
    return sent.files[0]


def _check_kind(file: Incoming) -> None:
    """Raise UnsupportedType for what is plainly no table of text."""
    with file.path.open("rb") as stream:
        head = head_of(stream.fileno())
    kind = detect(head)
    if kind in KINDS or kind.startswith("application/x-ndjson"):
        return
    why = f" ({why_binary(head)})" if kind == UNKNOWN else ""
    why_not = f"The content is {kind}{why}; a data set is a table of text: CSV, with , ; | or tabs."
    raise UnsupportedType(
        why_not, errors=[{"field": "file", "reason": why_not, "value": kind, "allowed": KINDS}]
    )


def _check_room(size: int) -> None:
    """Raise where an owner has as much as may be; of many uploads at once, none sees another's room."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 14))")
    db.session.execute(lock, {"owner": owner()})
    counts = select(func.count(), func.coalesce(func.sum(Dataset.size_bytes), 0))
    amount, used = db.session.execute(counts.where(Dataset.owner == owner())).one()
    most = settings().datasets_per_owner
    if most and amount >= most and settings().auth_mode == "keys":  # on one's own machine only bytes count
        db.session.rollback()
        raise Conflict(
            f"You have {amount} data sets, and {most} may be; delete one first.", code="too_many_datasets"
        )
    if used + size > settings().dataset_owner_bytes:
        db.session.rollback()
        raise TooLarge(
            f"Your data sets have {used:,} bytes, and with this one {used + size:,}; "
            f"{settings().dataset_owner_bytes:,} may be. Delete one first.",
            code="no_room",
        )


def _keep(file: Incoming, values: Mapping[str, str]) -> Dataset:
    """Move a file into the storage and commit its row."""
    dataset = Dataset(
        id=uuid7(),
        owner=owner(),
        name=(values.get("name") or file.name)[:NAME_CHARACTERS],
        description=values.get("description", "")[:DESCRIPTION_CHARACTERS],
        version=1,
        sha256=file.sha256,
        size_bytes=file.size,
        source_key=file.key,
    )
    try:
        off_loop(storage().put, file.path, file.key)
        db.session.add(dataset)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        storage().delete(file.key)
        raise
    return dataset


def _read(
    dataset: Dataset, number: int, overrides: Mapping[str, Any], *, body: bytes | None = None
) -> VersionedDataset:
    """Make a job that reads a version of a data set; a small one is waited for.

    The version becomes the current one when the job succeeds.
    """
    identity, is_small = (dataset.id, number), dataset.size_bytes <= AT_ONCE_BYTES
    db.session.add(DatasetVersion(dataset_id=identity[0], version=number, overrides=dict(overrides)))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise Conflict("Another version of this data set is being made; try again.") from None
    job_input = {"dataset_id": str(identity[0]), "version": number}
    job = submit(JobRequest(SYSTEM, READ, job_input, {}, items=None), body=body)
    same = (DatasetVersion.dataset_id == identity[0], DatasetVersion.version == number)
    if job.input != job_input:  # sent again with its Idempotency-Key: what was made for it now goes again
        if number == 1:
            erase(identity[0])
        else:
            db.session.execute(delete(DatasetVersion).where(*same))
            db.session.commit()
        return find(UUID(job.input["dataset_id"]), job.input["version"])
    db.session.execute(update(DatasetVersion).where(*same).values(job_id=job.id))
    db.session.commit()
    if is_small:
        event_stream.wait_until_final(job.id, AT_ONCE_S)
    return find(*identity)


def _raise_fault(reading: VersionedDataset, *, forget: bool) -> None:
    """Raise what a job found wrong with a file; what could never be read is not kept."""
    job = reading.job
    if reading.is_ready or job is None or job.state not in FINAL:
        return
    kind = STATUS_BY_CODE.get(job.error_code or "", Invalid)
    detail, code = job.error_detail or "The file could not be read.", job.error_code or "internal"
    if forget:
        erase(reading.dataset.id)
    if code in {"internal", "transient"}:
        raise AssayError("The file could not be read for a fault of ours; try again.")
    raise kind(detail, code=code)


def change(dataset_id: UUID, changes: Mapping[str, Any]) -> VersionedDataset:
    """Rename a data set, or read its bytes again as its owner says: that makes a new version.

    Raises:
        NotFound: there is none.
        Conflict: a version of it is being read.
        Invalid: a column is none of its.

    """
    current = find(dataset_id)
    named = {name: changes[name] for name in ("name", "description") if name in changes}
    if named:
        db.session.execute(update(Dataset).where(Dataset.id == dataset_id).values(**named))
        db.session.commit()
    reading = {name: changes[name] for name in ("columns", "totals", "fill_down", "crs") if name in changes}
    if not reading:
        return find(dataset_id)
    _check_columns(ready(current), reading)
    last = select(func.max(DatasetVersion.version)).where(DatasetVersion.dataset_id == dataset_id)
    number = (db.session.scalar(last) or 0) + 1
    again = _read(current.dataset, number, _merged(current.version.overrides, reading))
    _raise_fault(again, forget=False)
    return again


def _check_columns(current: VersionedDataset, reading: Mapping[str, Any]) -> None:
    """Raise Invalid where what is said names a column that is not there."""
    names = {column["name"] for column in (current.version.profile or {})["schema"]}
    for field, named in (
        ("columns", reading.get("columns", {})),
        ("fill_down", reading.get("fill_down", ())),
    ):
        for name in named:
            if name not in names:
                reason = f"There is no column {name[:60]!r}; there are: {', '.join(sorted(names)[:30])}."
                raise Invalid(
                    reason,
                    code="unknown_column",
                    errors=[{"field": field, "reason": reason, "value": name[:60]}],
                )


def _merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said before with what is said now: each column's own members stay."""
    columns = {name: dict(each) for name, each in before.get("columns", {}).items()}
    for name, each in changes.get("columns", {}).items():
        columns[name] = {**columns.get(name, {}), **each}
    return {**before, **changes, "columns": columns}
