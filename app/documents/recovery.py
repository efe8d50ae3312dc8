"""Runs in Directus that no living job will end: have them undone."""

from __future__ import annotations

import structlog
from sqlalchemy import exists, select
from uuid_utils.compat import uuid7

from app.documents.models import OPEN, DirectusRun
from app.documents.service import NAME, UNDO
from app.extensions import db, settings
from app.jobs import submission
from app.jobs.models import Job
from app.jobs.queue.messages import Request
from app.system import ACTIVE, WAITING

log = structlog.get_logger()


def recover_runs() -> int:
    """Submit an undo for each product that has an open run and no job which would end it."""
    if not settings().directus_url:
        return 0
    unfinished = Job.state.in_((*WAITING, *ACTIVE))
    own = exists().where(Job.id == DirectusRun.run_id, unfinished)
    other = exists().where(
        Job.system == NAME,
        Job.task == UNDO,
        unfinished,
        Job.input["product_id"].astext == DirectusRun.product_id,
    )
    lost = select(DirectusRun.product_id, DirectusRun.owner).where(DirectusRun.state.in_(OPEN), ~own, ~other)
    products = {row.product_id: row.owner for row in db.session.execute(lost)}
    db.session.rollback()
    for product_id, owner in products.items():
        _submit(product_id, owner)
    return len(products)


def _submit(product_id: str, owner: str) -> None:
    job = submission.accept(
        Request(uuid7(), owner, NAME, UNDO, {"product_id": product_id}, {}, ""), items=None
    )
    submission.hand_over([job])
    log.info("undo_submitted", job_id=str(job.id))
