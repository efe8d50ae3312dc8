"""What an exception in a task means for its job: tried again or not, and what the owner is told."""

from __future__ import annotations

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.http.errors import AssayError, Transient
from app.jobs.transitions import ERROR, OUT_OF_MEMORY, TIMEOUT, Ending
from workers.sdk.predictor import BadInput

TRANSIENT = (
    Transient,
    OperationalError,
    InterfaceError,
    RedisConnectionError,
    RedisTimeoutError,
    ConnectionError,
    TimeoutError,
)
NO_MEMORY = ("DefaultCPUAllocator", "std::bad_alloc", "can't allocate memory")  # torch, LightGBM, torch


class JobTimeout(BaseException):
    """Raised inside a task that has used up its time; no task catches it by accident."""


def ending_of(error: BaseException, *, timeout_s: int, limit_mb: int, peak_mb: int | None = None) -> Ending:
    """Return how an attempt that raised has ended; `peak_mb` is the most memory that it has used.

    The message of an exception that is not ours may hold a user's data: only its
    class leaves this function.
    """
    name = type(error).__name__
    if isinstance(error, JobTimeout):
        return timed_out(timeout_s)
    if _is_out_of_memory(error):
        return out_of_memory(limit_mb, peak_mb=peak_mb)
    if isinstance(error, AssayError):
        retry = isinstance(error, Transient)
        return Ending(ERROR, error.code, error.detail, retry, {"class": name, "message": error.detail})
    if isinstance(error, BadInput):
        return Ending(ERROR, "bad_input", str(error), False, {"class": name, "message": str(error)})
    retry = isinstance(error, TRANSIENT) or (isinstance(error, DBAPIError) and error.connection_invalidated)
    detail = f"{name} in the task." + (" It is tried again." if retry else "")
    return Ending(
        ERROR, "transient" if retry else "internal", detail, retry, {"class": name, "message": detail}
    )


def timed_out(timeout_s: int) -> Ending:
    """Return the ending of an attempt that took too long."""
    return Ending(
        TIMEOUT, TIMEOUT, f"It took longer than {timeout_s} s.", retry=True, facts={"timeout_s": timeout_s}
    )


def out_of_memory(limit_mb: int, *, peak_mb: int | None) -> Ending:
    """Return the ending of an attempt that needed more memory than it may use.

    It is not tried again: the same input would need as much once more.
    """
    detail = f"It needed more than the {limit_mb} MB that one job may use."
    return Ending(
        OUT_OF_MEMORY, OUT_OF_MEMORY, detail, retry=False, facts={"limit_mb": limit_mb, "peak_mb": peak_mb}
    )


def _is_out_of_memory(error: BaseException) -> bool:
    """Say whether an exception is a refused allocation, whichever library it came through."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in NO_MEMORY)
