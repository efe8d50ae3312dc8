"""The files that a batch job reads: each fetched once per attempt, its progress told in their bytes."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.files.uploads import service as uploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workers.sdk.task import Run


@dataclass(frozen=True)
class InputFile:
    """One of a job's files, which lies on this machine while it is read.

    Attributes:
        number: its place among the job's files, from 0.
        name: what its owner calls it.
        path: where it lies.
        size: its bytes.
        before: bytes of the files that are read before it.
        total: bytes of all files of the job.

    """

    number: int
    name: str
    path: Path
    size: int
    before: int
    total: int


@contextmanager
def input_files(run: Run) -> Iterator[list[InputFile]]:
    """Give a job's files, in its order. No transaction stands open while they are read.

    This is what fetches them from a bucket: a task that enters it once reads each object once.

    Raises:
        TaskError: one of them is not there any more.

    """
    sent = uploads.of_job(run.session, run.job)
    run.session.commit()
    with ExitStack() as opened:
        paths = [opened.enter_context(uploads.opened(upload)) for upload in sent]
        sizes = [path.stat().st_size for path in paths]
        yield [
            InputFile(number, upload.name, path, size, before=sum(sizes[:number]), total=sum(sizes))
            for number, (upload, path, size) in enumerate(zip(sent, paths, sizes, strict=True))
        ]
