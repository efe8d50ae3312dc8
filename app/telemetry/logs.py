"""Structured JSON logs with the request's id in every line and secrets masked."""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from flask import Response, g, request
from uuid_utils.compat import uuid7

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from flask import Flask

SECRET_KEYS = re.compile(r"(?i)(authorization|cookie|password|secret|token|api[-_]?key|signature)")
SECRET_VALUES = re.compile(
    r"sk-ant-[\w-]+"  # an Anthropic key
    r"|assay_[0-9a-f]{8}_[\w-]+"  # our own
    r"|(?i:bearer)\s+\S+"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password of a URL
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # an e-mail address
)
MARKS = ("@", "sk-ant-", "assay_", "bearer", "eyj")  # in each secret above, and cheap to look for
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
QUIET = {"/healthz", "/health", "/readyz", "/ready", "/metrics"}  # asked every few seconds by machines
MASK = "[masked]"

log = structlog.get_logger()


def mask(value: Any) -> Any:
    """Return a value with everything that looks like a secret masked."""
    if isinstance(value, str):
        lower = value.lower()
        return SECRET_VALUES.sub(MASK, value) if any(mark in lower for mark in MARKS) else value
    if isinstance(value, dict):
        return {k: MASK if SECRET_KEYS.search(str(k)) else mask(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item) for item in value]
    return value


def mask_event(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask one log line."""
    return dict(mask(dict(event)))


def reduce_exception(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its class and places: its message may carry a user's data."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error
    error = error[1] if isinstance(error, tuple) else error
    if not isinstance(error, BaseException):
        return event
    event["exception"] = type(error).__name__
    places, step = [], error.__traceback__
    while step is not None:
        places.append(f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}")
        step = step.tb_next
    event["places"] = places[-8:]
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    reduce_exception,
    mask_event,
]


def to_json(event: Any, **_options: Any) -> str:
    """Return one log line."""
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def configure(level: str, process: str) -> None:
    """Send this process's logs, and its libraries', to stdout as JSON lines."""
    shared = [*SHARED, lambda _logger, _name, event: {**event, "process": process}]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=to_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=to_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def _open_request() -> None:
    """Take the caller's request id where it is a harmless one, else make one."""
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if REQUEST_ID.match(sent) else str(uuid7())
    g.started = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _close_request(response: Response) -> Response:
    """Send the id back and log the request; never its body or its query."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.path not in QUIET and "started" in g:
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule or "unknown"),
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 1),
        )
    structlog.contextvars.unbind_contextvars("request_id")
    return response


def init_app(app: Flask) -> None:
    """Give every request an id and a log line."""
    app.before_request(_open_request)
    app.after_request(_close_request)
