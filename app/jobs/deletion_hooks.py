"""What goes with a job beside its rows: whoever keeps something of a job elsewhere says how to erase it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from flask import current_app

from app.jobs.models import Job

if TYPE_CHECKING:
    from flask import Flask

DeletionHook = Callable[[Job], None]
SharedDeletionHook = Callable[[Sequence[Job]], None]

HOOKS, SHARED_HOOKS = "assay_deletion_hooks", "assay_shared_deletion_hooks"


def register(app: Flask, *hooks: DeletionHook) -> None:
    """Have these called for every job that is erased or expires.

    They are called within the transaction that ends the job, before its commit, while its
    input still names what it read. Files go before the rows that name them: after a crash in
    between, the job is still there, and is erased again. A hook adds to that transaction
    and does not commit it.
    """
    app.extensions.setdefault(HOOKS, []).extend(hooks)


def register_shared(app: Flask, hook: SharedDeletionHook) -> None:
    """Have this called with all jobs of a block at once, where one round trip serves them all."""
    app.extensions.setdefault(SHARED_HOOKS, []).append(hook)


def erase_shared(jobs: Sequence[Job]) -> None:
    """Erase what is kept of some jobs where it is erased for all of them at once."""
    for hook in cast("list[SharedDeletionHook]", current_app.extensions.get(SHARED_HOOKS, [])):
        hook(jobs)


def run_hooks(job: Job, *, shared: bool = True) -> None:
    """Erase what is kept of a job outside of the rows that hang on it; `shared` unless that is done."""
    if shared:
        erase_shared([job])
    for hook in cast("list[DeletionHook]", current_app.extensions.get(HOOKS, [])):
        hook(job)
