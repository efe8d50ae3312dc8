"""Links to one version of a data set: long, hashed, ended after seven days or when their owner says so."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import request
from redis.exceptions import RedisError
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from app.accidents.datasets import service
from app.accidents.datasets.models import Dataset, DatasetShare
from app.accidents.datasets.service import VersionedDataset
from app.auth.service import owner
from app.extensions import db, redis_client
from app.http.errors import NotFound, TooMany

TOKEN_BYTES = 32
LIFE = timedelta(days=7)
MOST_FAILURES, MOST_VIEWS, WINDOW_S = 30, 300, 60  # of one address a minute
TOKEN_CHARACTERS = 43  # of 32 bytes in URL-safe Base64

log = structlog.get_logger()


@dataclass(frozen=True)
class Shared:
    """A new link; its token is shown this once."""

    share: DatasetShare
    token: str


def create(dataset_id: UUID, *, version: int | None, view: Mapping[str, Any] | None) -> Shared:
    """Make a link to a version of the caller's data set.

    Raises:
        NotFound: there is none.
        Conflict: it cannot be asked yet.

    """
    reading = service.find_ready(dataset_id, version)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    share = DatasetShare(
        id=uuid7(),
        dataset_id=dataset_id,
        version=reading.version.version,
        view=dict(view) if view else None,
        token_sha256=_digest(token),
        expires_at=datetime.now(UTC) + LIFE,
    )
    db.session.add(share)
    db.session.commit()
    return Shared(share, token)


def revoke(share_id: UUID) -> None:
    """End a link; raise NotFound where the caller has none of the id."""
    mine = select(Dataset.id).where(Dataset.owner == owner())
    same = (DatasetShare.id == share_id, DatasetShare.dataset_id.in_(mine))
    ended = update(DatasetShare).where(*same).values(revoked_at=datetime.now(UTC))
    gone = db.session.execute(ended.returning(DatasetShare.id)).all()
    db.session.commit()
    if not gone:
        raise NotFound(f"There is no share {share_id}.")


def open_shared(token: str) -> tuple[DatasetShare, VersionedDataset]:
    """Return what a link opens.

    Raises:
        NotFound: it has expired, was revoked, or never was; which one is not said.
        TooMany: its address asks too often.

    """
    _count("view", MOST_VIEWS)
    statement = select(DatasetShare, Dataset).join(Dataset, Dataset.id == DatasetShare.dataset_id)
    live = (DatasetShare.revoked_at.is_(None), DatasetShare.expires_at > datetime.now(UTC))
    row = None
    if len(token) == TOKEN_CHARACTERS:
        row = db.session.execute(
            statement.where(DatasetShare.token_sha256 == _digest(token), *live)
        ).one_or_none()
    if row is None:
        _count("failure", MOST_FAILURES)
        raise NotFound("There is no such share, or it has ended.")
    return row[0], service.ready(service.of_version(row[1], row[0].version))


def _count(kind: str, most: int) -> None:
    """Count what an address does in a minute; raise TooMany beyond what it may."""
    key = f"assay:shared:{kind}:{request.remote_addr}"
    try:
        pipe = redis_client().pipeline()
        pipe.incr(key)
        pipe.expire(key, WINDOW_S, nx=True)
        amount = pipe.execute()[0]
    except RedisError as error:  # reads go on without Redis
        log.warning("shares_not_counted", error=type(error).__name__)
        return
    if amount > most:
        raise TooMany(
            "Too many requests for shares from this address; wait a minute.", retry_after_s=WINDOW_S
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
