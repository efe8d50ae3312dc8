"""Settings, each read once, with its unit, its default and its bounds."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

from app.setting_values import (
    MIN_DISTINCT,
    MIN_SECRET,
    ORIGIN,
    POSTGRES,
    REDIS,
    SettingError,
    check_backend,
    is_loopback,
    parse,
    sqlalchemy_url,
)
from app.variables import ROOT, given, merged, started_by_stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def setting(default: Any, text: str, **right: Any) -> Any:
    """Declare one setting: its default, one line for the README's table, and which values are right.

    `least` and `most` bound a number, which is never below 0; `one_of` names all words, `begins` the
    beginnings of a URL.
    """
    return field(default=default, metadata={"text": text, **right})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; a field's upper-case name is its environment variable."""

    database_url: str = setting(
        "postgresql://localhost/assay", "PostgreSQL, the truth about every job", begins=POSTGRES
    )
    redis_url: str = setting("redis://localhost:6379/0", "Redis or Valkey, the transport", begins=REDIS)
    dashboard_redis_url: str = setting(
        "", "the dashboard's Redis, best as a user that may only read", begins=REDIS
    )
    redis_ca_cert: str = setting(
        "", "what a `rediss://` server's certificate must be signed by: a file, or PEM"
    )
    redis_tls_verify: str = setting(
        "required",
        "`required`, or `none`: any certificate of a `rediss://` server",
        one_of=("required", "none"),
    )
    secret_key: str = setting("", "at least 32 characters; signs envelopes and cookies")
    auth_mode: str = setting("open", "`open` (everyone is `local`) or `keys`", one_of=("open", "keys"))
    host: str = setting("127.0.0.1", "address that the web and dashboard processes bind")
    port: int = setting(8000, "port of the web process", least=1, most=65_535)
    dashboard_port: int = setting(9181, "port of the dashboard process", least=1, most=65_535)
    dashboard_in_web: bool = setting(False, "serve the dashboard under /rq of the web process too")
    web_concurrency: int = setting(2, "web worker processes", least=1)
    log_level: str = setting(
        "INFO", "DEBUG, INFO, WARNING or ERROR", one_of=("DEBUG", "INFO", "WARNING", "ERROR")
    )
    cors_origins: tuple[str, ...] = setting(
        (), "origins that browsers may call from, each `scheme://host[:port]`, comma-separated"
    )
    trusted_hosts: tuple[str, ...] = setting(
        (), "host names that are served, comma-separated; else the loopback names, or all with keys"
    )
    docs_enabled: bool = setting(True, "serve /docs and /openapi.json")
    metrics_enabled: bool = setting(True, "serve /metrics")
    trusted_proxies: int = setting(0, "proxies in front whose X-Forwarded-For is believed")
    extra_systems: tuple[str, ...] = setting((), "further systems, each as `package.module:NAME`")
    model_versions: str = setting("", "live versions, as `reviews=small:90,minilm:10`; else the last by name")
    device: str = setting(
        "auto",
        "where faces' networks compute: auto is a GPU if there is one",
        one_of=("auto", "cpu", "cuda"),
    )
    face_detector: str = setting(
        "retinaface",
        "what finds faces: retinaface, or OpenCV's haar, which needs requirements-haar.txt",
        one_of=("retinaface", "haar"),
    )
    json_body_bytes: int = setting(1_000_000, "largest JSON body, bytes", least=1)
    json_body_s: float = setting(30.0, "time that a JSON body may take to come, seconds", least=0.1)
    wait_s: float = setting(10.0, "longest time an answer is held back, seconds")
    realtime_batch: int = setting(128, "most single predictions in one micro-batch", least=1)
    realtime_waiting: int = setting(2000, "single predictions that may wait in one web process", least=1)
    realtime_waiting_per_owner: int = setting(
        1500, "single predictions of one owner that may wait in one web process", least=1
    )
    envelope_ttl_s: int = setting(60, "life of a micro-batch in Redis, seconds", least=1)
    waiting_items: int = setting(100, "asynchronous batch items that may wait, per owner and system", least=1)
    waiting_jobs: int = setting(10_000, "batch-lane jobs that may wait, per owner", least=1)
    running_jobs: int = setting(0, "batch-lane jobs of one owner that may run at once, 0 for no cap")
    bulk_patience_s: float = setting(60.0, "wait after which a bulk job counts as interactive, seconds")
    streams: int = setting(1000, "event streams that one web process holds open")
    streams_per_owner: int = setting(600, "event streams of one owner in one web process")
    stream_life_s: float = setting(600.0, "longest life of one event stream, seconds", least=0.1)
    tries: int = setting(3, "times a job is tried before it is a dead letter", least=1)
    backoff_s: float = setting(
        1.0, "pause before the second try, seconds; each further one four times as long"
    )
    heartbeat_s: float = setting(1.0, "time between two signs of life of a worker, seconds", least=0.1)
    stale_s: float = setting(
        12.0, "silence after which a running batch job is taken away, seconds", least=0.1
    )
    realtime_stale_s: float = setting(
        4.0, "silence after which a realtime worker's work is taken, seconds", least=0.1
    )
    stuck_s: float = setting(
        30.0, "time without progress after which a worker replaces itself, seconds", least=1
    )
    drain_s: float = setting(20.0, "time a running job gets to finish at shutdown, seconds")
    sweep_s: float = setting(1.0, "time between two sweeps of the clock, seconds")
    canary_s: float = setting(5.0, "time between two canaries in each lane, seconds")
    canary_stale_s: float = setting(
        20.0, "age of a lane's last canary at which it is not ready, seconds", least=0.1
    )
    child_memory_mb: int = setting(2048, "memory that one batch job may use beyond the models, MB", least=1)
    storage_url: str = setting(
        "file://var/files",
        "where uploaded files are kept: `file://FOLDER` or `s3://BUCKET/PREFIX`",
        begins=("file://", "s3://"),
    )
    s3_endpoint_url: str = setting("", "S3 server that is not Amazon's", begins=("http://", "https://"))
    incoming_folder: str = setting("", "local folder of arriving files, else one in or beside the storage")
    upload_retention_days: int = setting(7, "days until an uploaded file expires")
    system_upload_retention_days: str = setting(
        "", "the same for files sent for some systems, as `mood=1,reviews=14`"
    )
    upload_patience_hours: int = setting(24, "hours until an upload without its rest expires")
    upload_cleanup_s: float = setting(60.0, "time between two looks for expired uploads, seconds")
    dataset_bytes: int = setting(50_000_000, "largest file of a data set, bytes", least=1)
    datasets_per_owner: int = setting(20, "data sets of one owner of keys, 0 for no cap")
    dataset_owner_bytes: int = setting(500_000_000, "files of one owner's data sets together, bytes")
    anthropic_base_url: str = setting(
        "", "another address of the Anthropic Messages API", begins=("http://", "https://")
    )
    chat_model: str = setting("claude-sonnet-4-5", "language model that callers with a key of their own ask")
    cache: str = setting(
        "redis",
        "where answers are kept to be given again: redis, or memory of each web process",
        one_of=("redis", "memory"),
    )
    cache_ttl_s: int = setting(3600, "life of an answer that may be given again, seconds, 0 for none")
    cache_entries: int = setting(50_000, "answers that may be kept to be given again; the oldest make room")
    retention_days: int = setting(30, "days until a finished job expires")
    purge_days: int = setting(30, "days after which an expired job is forgotten: its 410 becomes a 404")
    system_retention_days: str = setting("", "the same for jobs of some systems, as `mood=7,reviews=90`")
    idempotency_hours: int = setting(24, "hours for which an Idempotency-Key is remembered")

    directus_url: str = setting("", "Directus of the documents system", begins=("http://", "https://"))
    directus_secret: str = setting(
        "", "Directus' SECRET, at least 32 bytes; its users' tokens are checked with it"
    )
    directus_token: str = setting("", "static token of the Directus user that writes")
    directus_email: str = setting("", "that user's e-mail, where it has no static token")
    directus_password: str = setting("", "that user's password")
    documents_llm_url: str = setting(
        "", "base URL of the language model for `llm: true`", begins=("http://", "https://")
    )
    documents_llm_protocol: str = setting(
        "openai", "what it speaks: `openai` or `anthropic`", one_of=("openai", "anthropic")
    )
    documents_llm_model: str = setting("", "name of the language model")
    documents_llm_key: str = setting("", "its API key")
    documents_llm_output_tokens: int = setting(4096, "most tokens of one of its answers", least=1)
    documents_llm_input_price: float = setting(0.0, "price of a million tokens that it reads")
    documents_llm_output_price: float = setting(0.0, "price of a million tokens that it writes")
    documents_llm_cost_cap: float = setting(1.0, "most that one job may cost by these prices")
    documents_llm_timeout_s: float = setting(120.0, "longest wait for one of its answers, seconds", least=1)

    @classmethod
    def read(cls, root: Path = ROOT) -> Self:
        """Return the settings of this process: of its environment, `.env` and a running stack.

        Raises:
            SettingError: a value has the wrong form or is out of bounds.

        """
        return cls.of(merged(started_by_stack(root), given(root)))

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Self:
        """Return the settings that some variables say; raise SettingError where one is wrong."""
        values = {f.name: parse(f, variables.get(f.name.upper(), "")) for f in fields(cls)}
        values["database_url"] = sqlalchemy_url(values["database_url"])
        return cls(**values)

    def check_serving(self) -> None:
        """Refuse settings with which a server would be unsafe.

        Raises:
            SettingError: it says which setting, and what would be right.

        """
        if self.auth_mode not in {"open", "keys"}:
            raise SettingError(f"AUTH_MODE is {self.auth_mode!r}; it is open or keys")
        if self.auth_mode == "open" and not is_loopback(self.host):
            raise SettingError(
                f"AUTH_MODE=open would let anyone in at HOST={self.host}; "
                "set AUTH_MODE=keys, or bind to 127.0.0.1"
            )
        if len(self.secret_key) < MIN_SECRET or len(set(self.secret_key)) < MIN_DISTINCT:
            raise SettingError(
                f"SECRET_KEY needs at least {MIN_SECRET} characters, {MIN_DISTINCT} of them different, the "
                "same for every process; "
                "`make run` makes one, or: python -c 'import secrets; print(secrets.token_hex(32))'"
            )
        if self.directus_secret and len(self.directus_secret.encode()) < 32:  # noqa: PLR2004 - RFC 7518, 3.2
            raise SettingError("DIRECTUS_SECRET needs at least 32 bytes, in Directus' own settings too")
        self._check_origins()
        for name in ("database_url", "redis_url", "dashboard_redis_url"):
            check_backend(name.upper(), getattr(self, name))

    def _check_origins(self) -> None:
        """Refuse what is no exact origin, and other origins where nobody is asked for a key."""
        for origin in self.cors_origins:
            if not ORIGIN.match(origin):
                raise SettingError(
                    f"CORS_ORIGINS has {origin[:100]!r}; each origin is scheme://host[:port], "
                    "as https://console.example.com"
                )
        if self.cors_origins and self.auth_mode == "open":
            raise SettingError(
                "CORS_ORIGINS would let pages of other origins in without a key; set AUTH_MODE=keys"
            )
