"""Where a job can be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from app.auth.service import stream_token

if TYPE_CHECKING:
    from uuid import UUID


def events_url(job_id: UUID) -> str:
    """Return the path of a job's event stream; where keys are asked for, with a token instead of one."""
    return url_for("jobs.follow_job", job_id=job_id, token=stream_token(job_id))
