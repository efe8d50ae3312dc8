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

from app.telemetry.masking import MaskedStream, mask

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from flask import Flask

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
QUIET = {"/healthz", "/health", "/readyz", "/ready", "/metrics"}  # asked every few seconds by machines

log = structlog.get_logger()


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
    MaskedStream.install()


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
