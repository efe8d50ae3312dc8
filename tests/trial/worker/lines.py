"""A task that reads uploaded files line by line, and commits its rows block by block."""

from __future__ import annotations

import time

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.extensions import db
from app.http.errors import TaskError
from tests.trial.files import HEAD, TrialRow
from workers.sdk.task import Work

ERRORS = {"bad": "bad", "": "empty"}


def lines_of(run):
    """Yield each line of each upload, with the number of its file and its own."""
    with run.files() as files:
        for file in files:
            with file.path.open(encoding="utf-8", newline="\n") as stream:
                assert stream.readline() == HEAD
                for index, line in enumerate(stream):
                    yield file.number, index, line.removesuffix("\n")


def read_lines(run):
    """Write one row for each line; what is committed is seen while the rest is read."""
    options, lines = run.job.options, list(lines_of(run))
    store(delete(TrialRow).where(TrialRow.job_id == run.job.id))
    for first in range(0, len(lines), options["block"]):
        time.sleep(options["seconds"])
        block = lines[first : first + options["block"]]
        rows = [row_of(run.job, first + number, *line) for number, line in enumerate(block)]
        if options["fail_at"] is not None and first + len(block) > options["fail_at"]:
            raise TaskError(f"Line {options['fail_at']} cannot be read.", code="bad_line")
        store(insert(TrialRow).values(rows))
        run.progress(first + len(block), len(lines), stage="read")


def row_of(job, position, file, index, text):
    error = ERRORS.get(text)
    return {
        "job_id": job.id,
        "position": position,
        "file": file,
        "index": index,
        "text": None if error else text,
        "error": error,
    }


def store(statement):
    """Commit a statement of its own."""
    with Session(db.engine) as session:
        session.execute(statement)
        session.commit()


WORK = Work(read_lines)
