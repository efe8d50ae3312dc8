"""The shared clients: made unbound here, bound to an app by `create_app`."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import structlog
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from redis import BlockingConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.config import Settings

log = structlog.get_logger()

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table; constraints are named, so that migrations can drop them."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

REDIS_S = 5.0  # a Redis that takes longer to answer is taken for one that hangs
CONNECTIONS = 40  # to Redis, per process; who finds none free waits for one
# A machine that vanishes leaves its locks behind. Either end of a connection finds out after
# 5 s of silence and 3 questions, 2 s apart; nobody waits for a lock for longer than is polite, and a
# transaction that is forgotten, or whose process is paused, ends. What waits so is tried again.
SESSION = {
    "timezone": "UTC",  # times are shown as they are read
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
CONNECTION = {
    "connect_timeout": 5,
    "application_name": "assay",
    "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
ENGINE_OPTIONS = {
    "pool_pre_ping": True,  # a restarted PostgreSQL costs one ping, not one failed request
    "pool_size": 10,
    "max_overflow": 20,
    "pool_timeout": 5,
    "pool_recycle": 1800,
    "connect_args": CONNECTION,
}


def settings() -> Settings:
    """Return the settings of the current app."""
    return cast("Settings", current_app.config["SETTINGS"])


def this_app() -> Flask:
    """Return the current app itself, for a thread or a stream that goes on without a context."""
    return cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001


def redis_client() -> Redis:
    """Return the Redis client of the current app."""
    return cast("Redis", current_app.extensions["assay_redis"])


def tls_options(url: str, config: Settings) -> dict[str, Any]:
    """Return how a client checks the certificate of a `rediss://` server."""
    if not url.startswith("rediss://"):
        return {}
    if config.redis_tls_verify == "none":
        log.warning("redis_certificate_not_verified", reason="REDIS_TLS_VERIFY=none")
        return {"ssl_cert_reqs": "none", "ssl_check_hostname": False}
    if not config.redis_ca_cert:
        return {"ssl_cert_reqs": "required"}
    # A certificate that is pinned says which server it is; Heroku's names another host than its URL.
    pem = config.redis_ca_cert.startswith("-----BEGIN")
    pinned = {"ssl_ca_data" if pem else "ssl_ca_certs": config.redis_ca_cert}
    return {"ssl_cert_reqs": "required", "ssl_check_hostname": False, **pinned}


def make_redis(url: str, *, socket_timeout_s: float = REDIS_S, config: Settings | None = None) -> Redis:
    """Return a client that fails within seconds, and once: who calls knows whether to try again."""
    pool = BlockingConnectionPool.from_url(
        url,
        **tls_options(url, config or settings()),
        max_connections=CONNECTIONS,
        timeout=5,
        socket_timeout=socket_timeout_s,
        socket_connect_timeout=2.0,
        health_check_interval=15,
        # One more try for a connection that a restart left dead in the pool; none after a timeout.
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )
    return Redis(connection_pool=pool)


def end_session(_error: BaseException | None = None) -> None:
    """Give the session's connection back; one that died since its last query is thrown away.

    Giving back rolls back, and what that raised would replace an answer that is already made.
    """
    try:
        db.session.remove()
    except DBAPIError as error:
        log.warning("session_broken", error=type(error).__name__)
        db.session.registry().invalidate()
        db.session.registry.clear()


class OnePerProcess(Generic[T]):
    """Something with threads of its own: made at its first use in a process, and again after a fork."""

    def __init__(self, make: Callable[[Flask], T]) -> None:
        self._make = make
        self._lock = threading.Lock()

    def __call__(self) -> T:
        """Return the current app's one.

        Under a lock: starting a thread lets other requests run, and each first one would make its own.
        """
        app = this_app()
        with self._lock:
            made = app.extensions.setdefault("assay_made", {})
            key = self, os.getpid()
            if key not in made:
                made[key] = self._make(app)
            return cast("T", made[key])


def init_app(app: Flask) -> None:
    """Bind the database and Redis to an app."""
    config = cast("Settings", app.config["SETTINGS"])
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = ENGINE_OPTIONS
    db.init_app(app)
    app.teardown_appcontext(end_session)  # it runs before the extension's own, which then finds nothing
    app.extensions["assay_redis"] = make_redis(config.redis_url, config=config)
