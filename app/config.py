"""Settings, each read once from the environment, with its unit and its default."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field, fields
from typing import Any, Self, cast

from environs import Env, EnvError


class SettingError(Exception):
    """Raised when a setting has a value with which nothing can be started."""


def setting(default: Any, text: str) -> Any:
    """Declare one setting: its default, and one line for the README's table."""
    return field(default=default, metadata={"text": text})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; a field's upper-case name is its environment variable."""

    database_url: str = setting("postgresql://localhost/assay", "PostgreSQL, the truth about every job")
    redis_url: str = setting("redis://localhost:6379/0", "Redis or Valkey, the transport")
    dashboard_redis_url: str = setting("", "the dashboard's Redis, best as a user that may only read")
    secret_key: str = setting("", "at least 32 characters; signs envelopes and cookies")
    auth_mode: str = setting("open", "`open` (everyone is `local`) or `keys`")
    host: str = setting("127.0.0.1", "address that the web and dashboard processes bind")
    port: int = setting(8000, "port of the web process")
    dashboard_port: int = setting(9181, "port of the dashboard process")
    web_concurrency: int = setting(2, "web worker processes")
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    cors_origins: tuple[str, ...] = setting((), "origins that browsers may call from, comma-separated")
    docs_enabled: bool = setting(True, "serve /docs and /openapi.json")
    metrics_enabled: bool = setting(True, "serve /metrics")
    trusted_proxies: int = setting(0, "proxies in front whose X-Forwarded-For is believed")
    extra_systems: tuple[str, ...] = setting((), "further systems, each as `package.module:NAME`")
    model_versions: str = setting("", "live versions, as `reviews=small:90,minilm:10`; else the last by name")
    json_body_bytes: int = setting(1_000_000, "largest JSON body, bytes")
    wait_s: float = setting(10.0, "longest time an answer is held back, seconds")
    realtime_batch: int = setting(128, "most single predictions in one micro-batch")
    realtime_waiting: int = setting(2000, "single predictions that may wait in one web process")
    realtime_waiting_per_owner: int = setting(
        1500, "single predictions of one owner that may wait in one web process"
    )
    envelope_ttl_s: int = setting(60, "life of a micro-batch in Redis, seconds")
    waiting_items: int = setting(100, "asynchronous batch items that may wait, per owner and system")
    waiting_jobs: int = setting(10_000, "batch-lane jobs that may wait, per owner")
    running_jobs: int = setting(0, "batch-lane jobs of one owner that may run at once, 0 for no cap")
    bulk_patience_s: float = setting(60.0, "wait after which a bulk job counts as interactive, seconds")
    streams: int = setting(1000, "event streams that one web process holds open")
    streams_per_owner: int = setting(600, "event streams of one owner in one web process")
    stream_life_s: float = setting(600.0, "longest life of one event stream, seconds")
    tries: int = setting(3, "times a job is tried before it is a dead letter")
    backoff_s: float = setting(
        1.0, "pause before the second try, seconds; each further one four times as long"
    )
    heartbeat_s: float = setting(1.0, "time between two signs of life of a worker, seconds")
    stale_s: float = setting(12.0, "silence after which a running batch job is taken away, seconds")
    realtime_stale_s: float = setting(4.0, "silence after which a realtime worker's work is taken, seconds")
    stuck_s: float = setting(30.0, "time without progress after which a worker replaces itself, seconds")
    drain_s: float = setting(20.0, "time a running job gets to finish at shutdown, seconds")
    sweep_s: float = setting(1.0, "time between two sweeps of the clock, seconds")
    canary_s: float = setting(5.0, "time between two canaries in each lane, seconds")
    canary_stale_s: float = setting(20.0, "age of a lane's last canary at which it is not ready, seconds")
    child_memory_mb: int = setting(2048, "memory that one batch job may use beyond the models, MB")
    storage_url: str = setting(
        "file://var/files", "where uploaded files are kept: `file://FOLDER` or `s3://BUCKET/PREFIX`"
    )
    s3_endpoint_url: str = setting("", "S3 server that is not Amazon's")
    incoming_folder: str = setting("", "local folder of arriving files, else one in or beside the storage")
    upload_retention_days: int = setting(7, "days until an uploaded file expires")
    system_upload_retention_days: str = setting(
        "", "the same for files sent for some systems, as `mood=1,reviews=14`"
    )
    upload_patience_hours: int = setting(24, "hours until an upload without its rest expires")
    upload_cleanup_s: float = setting(60.0, "time between two looks for expired uploads, seconds")
    cache_ttl_s: int = setting(3600, "life of an answer that may be given again, seconds, 0 for none")
    cache_entries: int = setting(50_000, "answers that may be kept to be given again; the oldest make room")
    retention_days: int = setting(30, "days until a finished job expires")
    system_retention_days: str = setting("", "the same for jobs of some systems, as `mood=7,reviews=90`")
    idempotency_hours: int = setting(24, "hours for which an Idempotency-Key is remembered")

    @classmethod
    def read(cls) -> Self:
        """Return the settings of this process's environment and `.env`.

        Raises:
            SettingError: a value has the wrong form.

        """
        env = Env()
        env.read_env(recurse=False)
        try:
            values = {f.name: _parse(env, f.name, f.default) for f in fields(cls)}
        except EnvError as error:
            raise SettingError(str(error)) from None
        if not env.str("REDIS_URL", "") and env.str("CELERY_BROKER_URL", ""):
            values["redis_url"] = env.str("CELERY_BROKER_URL")
        values["database_url"] = _sqlalchemy_url(values["database_url"])
        return cls(**values)

    def check_serving(self) -> None:
        """Refuse settings with which a server would be unsafe.

        Raises:
            SettingError: it says which setting, and what would be right.

        """
        if self.auth_mode not in {"open", "keys"}:
            raise SettingError(f"AUTH_MODE is {self.auth_mode!r}; it is `open` or `keys`")
        if self.auth_mode == "open" and not _is_loopback(self.host):
            raise SettingError(
                f"AUTH_MODE=open would let anyone in at HOST={self.host}; "
                "set AUTH_MODE=keys, or bind to 127.0.0.1"
            )
        if len(self.secret_key) < 32:  # noqa: PLR2004 - as the message says
            raise SettingError(
                "SECRET_KEY needs at least 32 characters, the same for every process; "
                "`make run` makes one, or: python -c 'import secrets; print(secrets.token_hex(32))'"
            )


def _parse(env: Env, name: str, default: Any) -> Any:
    """Return one setting in the type of its default."""
    variable = name.upper()
    if isinstance(default, tuple):
        return tuple(item for item in env.list(variable, list(default)) if item)
    parser = cast("Any", getattr(env, type(default).__name__))
    return parser(variable, default)


def _sqlalchemy_url(url: str) -> str:
    """Return a database URL as SQLAlchemy wants it; Heroku says `postgres://`."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg2://" + url.removeprefix(scheme)
    return url


def _is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
