"""Make, find and revoke API keys; find out who sends a request."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.auth import stream_tokens
from app.auth.directus_tokens import is_jwt, principal_of
from app.auth.models import ApiKey
from app.auth.principals import Principal
from app.extensions import db, settings
from app.http.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from uuid import UUID

    from flask import Flask

ROLES = ("user", "admin")
NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}\Z")
KEY = re.compile(r"assay_([0-9a-f]{8})_([\w-]{43})\Z")
REMEMBER_S = 5.0  # a revoked key works this much longer; asking the database each time costs a round trip


LOCAL = Principal("local", "admin")


def create_key(name: str, *, role: str = "user") -> str:
    """Store a new key under a name and return the key, which is shown this once.

    The name owns what its keys make: a new key of a revoked one's name sees all of that.

    Raises:
        Invalid: nobody can have the name.
        Conflict: there is a live key of the name.

    """
    if not NAME.match(name) or name == LOCAL.name:
        raise Invalid(
            f"{name[:80]!r} cannot be a key's name; a name is 1 to 64 of A-Z a-z 0-9 . _ @ - and not `local`."
        )
    public, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    db.session.add(ApiKey(id=public, name=name, role=role, secret_sha256=_digest(secret)))
    try:
        db.session.commit()
    except IntegrityError:  # also of two that are made at once
        db.session.rollback()
        raise Conflict(f"There is a live key named {name!r}; revoke it or choose another name.") from None
    return f"assay_{public}_{secret}"


def list_keys() -> Sequence[ApiKey]:
    """Return all keys, oldest first."""
    return db.session.scalars(select(ApiKey).order_by(ApiKey.created_at)).all()


def revoke_key(name: str) -> None:
    """Make a key worthless; raise NotFound when no live key has the name."""
    statement = update(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None))
    revoked = db.session.execute(statement.values(revoked_at=func.now()).returning(ApiKey.id)).all()
    db.session.commit()
    if not revoked:
        raise NotFound(f"There is no live key named {name!r}; `flask keys list` shows them.")


def authenticate(key: str) -> Principal:
    """Return the principal of a key.

    Raises:
        Unauthorized: the key is malformed, unknown or revoked; which one is not said.

    """
    digest = _digest(key)
    principals = cast(
        "MutableMapping[str, tuple[float, Principal]]", current_app.extensions["assay_principals"]
    )
    hit = principals.get(digest)
    if hit and hit[0] > time.monotonic():
        return hit[1]
    principal = _look_up(key)
    if len(principals) > 10_000:  # noqa: PLR2004 - bounds memory, nothing else
        principals.clear()
    principals[digest] = (time.monotonic() + REMEMBER_S, principal)
    return principal


def _look_up(key: str) -> Principal:
    """Ask the database about a key."""
    match = KEY.match(key)
    statement = select(ApiKey.name, ApiKey.role, ApiKey.secret_sha256)
    row = None
    if match:
        live = statement.where(ApiKey.id == match[1], ApiKey.revoked_at.is_(None))
        with db.engine.connect() as connection:  # given back before the request waits for anything
            row = connection.execute(live).one_or_none()
    if match is None or row is None or not hmac.compare_digest(row.secret_sha256, _digest(match[2])):
        raise Unauthorized("The API key is not valid; send `Authorization: Bearer <api key>`.")
    return Principal(row.name, row.role)


def principal(*, basic: bool = False) -> Principal:
    """Return who sends the current request; its key may be Basic's password only where that is said.

    A browser sends Basic by itself, also where another site's page asks it to.

    Raises:
        Unauthorized: keys are demanded and none, or no valid one, was sent.

    """
    if "principal" not in g:
        g.principal = LOCAL if settings().auth_mode == "open" else _from_request(basic=basic)
    return cast("Principal", g.principal)


def protect(app: Flask, names: frozenset[str]) -> None:
    """Ask who sends a request to some blueprints before anything of it is read.

    A browser asks with OPTIONS what it may send, and sends no key with that.
    """

    @app.before_request
    def demand_principal() -> None:
        if request.blueprint in names and request.method != "OPTIONS":
            principal()


def still_allowed() -> Callable[[], bool]:
    """Return what says, later and outside of the request, whether its key is still valid."""
    if settings().auth_mode == "open":
        return lambda: True
    token = stream_tokens.sent_token()
    if token is not None:
        _, key_id = stream_tokens.read(token, (request.view_args or {})["job_id"])
        return lambda: not key_id or _is_live(key_id)
    sent = request.authorization
    key = sent.token if sent is not None and sent.type == "bearer" else None
    if not key:
        return lambda: True

    def is_valid() -> bool:
        try:
            authenticate(key)
        except Unauthorized:
            return False
        return True

    return is_valid


def stream_token(job_id: UUID) -> str | None:
    """Return a token for a job's event stream, None where none is needed."""
    if settings().auth_mode == "open":
        return None
    sent = request.authorization
    match = KEY.match(sent.token) if sent is not None and sent.token else None
    return stream_tokens.token_of(job_id, principal(), match[1] if match else "")


def stream_period() -> int:
    """Return a number that changes as often as a shown token must be shown anew, 0 where none is needed."""
    return 0 if settings().auth_mode == "open" else stream_tokens.period()


def _is_live(key_id: str) -> bool:
    """Say whether a key has not been revoked."""
    live = select(ApiKey.id).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    with db.engine.connect() as connection:
        return connection.execute(live).one_or_none() is not None


def owner() -> str:
    """Return the name under which the current request's rows are kept."""
    return principal().name


def require_admin() -> None:
    """Raise Forbidden unless the caller is an admin."""
    if not principal().is_admin:
        raise Forbidden("This needs a key with the role `admin`.")


def _from_request(*, basic: bool) -> Principal:
    """Return who a header names, or the token in the address of an event stream."""
    token = stream_tokens.sent_token()
    if token is None:
        return _from_header(basic=basic)
    principal, key_id = stream_tokens.read(token, (request.view_args or {})["job_id"])
    if key_id and not _is_live(key_id):
        raise Unauthorized("The key that this link was made with has been revoked.")
    return principal


def _from_header(*, basic: bool) -> Principal:
    """Read the Authorization header."""
    sent = request.authorization
    if sent is not None and sent.type == "bearer" and sent.token:
        with_directus = is_jwt(sent.token) and settings().directus_secret
        return principal_of(sent.token) if with_directus else authenticate(sent.token)
    if basic and sent is not None and sent.type == "basic" and sent.password:
        return authenticate(sent.password)
    raise Unauthorized("An API key is needed; send `Authorization: Bearer <api key>`.")


def _digest(text: str) -> str:
    """Return a sha256 in hex; a random 256-bit secret needs no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()
