"""The only place where RQ's queues and jobs are made: JSON only, and a closed list of functions."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from rq import Queue
from rq.job import Job as RqJob
from rq.serializers import DefaultSerializer, JSONSerializer

from app.extensions import redis_client
from app.system import Lane, Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis import Redis

PERFORM = "workers.run.perform"
PERFORM_MANY = "workers.run.perform_many"  # a label: the realtime worker drains its queue itself
CLOSED_LIST = frozenset({PERFORM, PERFORM_MANY})
REALTIME_QUEUE = "realtime"
BATCH_QUEUES = {Priority.INTERACTIVE: "batch-interactive", Priority.BULK: "batch-bulk"}
PRIORITIES = tuple(BATCH_QUEUES)  # a job's `priority` is an index into it
QUEUES = frozenset({REALTIME_QUEUE, *BATCH_QUEUES.values()})
MAX_DATA_BYTES = 512  # ours take about 90
FAILURE_TTL_S = 7 * 24 * 3600
HASH_TTL_S = 24 * 3600  # a ticket alone is enough for our workers; the dashboard shows a job for so long
FIELDS = frozenset(
    "data created_at origin description enqueued_at started_at ended_at last_heartbeat timeout result_ttl "  # noqa: SIM905
    "failure_ttl status ttl worker_name meta success_callback_name failure_callback_name".split()
)

# RQ unpickles wherever a caller forgets to name a serializer, rq-dashboard's job page among them.
# Nothing in our processes is ever unpickled.
DefaultSerializer.dumps, DefaultSerializer.loads = JSONSerializer.dumps, JSONSerializer.loads


class Refused(Exception):
    """Raised when a job found in Redis is none that we would have written."""


class ClosedJob(RqJob):
    """An RQ job that names one of our functions and one id, and nothing else."""

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take what Redis holds, after looking at it.

        Raises:
            Refused: it was not written by us; nothing of it was decoded or imported.

        """
        check_hash(raw_data)
        super().restore(raw_data)

    @property
    def func(self) -> Callable[..., Any]:
        """Return the function, which only the closed list can name."""
        if self.func_name not in CLOSED_LIST:
            raise Refused(f"function {str(self.func_name)[:80]!r} is not on the list")
        return super().func  # type: ignore[no-any-return]


def check_hash(raw: Mapping[bytes, bytes]) -> None:
    """Raise Refused unless a job's hash, as Redis holds it, is one that `enqueue` could have written."""
    values = {_text(key): value for key, value in raw.items()}
    strange = sorted(name[:40] for name, value in values.items() if name not in FIELDS and value)
    callbacks = [name for name in values if name.endswith("_callback_name") and values[name]]
    if strange or callbacks:
        raise Refused(f"unexpected fields: {', '.join(strange + callbacks)}")
    if values.get("meta") not in {None, b"", b"{}"}:
        raise Refused("unexpected meta")
    data = values.get("data", b"")
    check_text({name: value for name, value in values.items() if name != "data"})
    check_data(data)


def check_text(values: Mapping[str, bytes]) -> None:
    """Raise Refused unless all fields are text, and the queue is one of ours."""
    try:
        plain = {name: value.decode() for name, value in values.items()}
    except UnicodeDecodeError as error:
        raise Refused(f"a field is no text: {error.reason}") from None
    if plain.get("origin", REALTIME_QUEUE) not in QUEUES:
        raise Refused(f"unexpected queue {plain['origin'][:40]!r}")


def check_data(data: bytes) -> None:
    """Raise Refused unless a payload is one of our functions with one id."""
    if len(data) > MAX_DATA_BYTES:
        raise Refused(f"payload of {len(data)} bytes")
    try:
        plain = zlib.decompressobj().decompress(data, MAX_DATA_BYTES)
        name, instance, args, kwargs = json.loads(plain)
        UUID(args[0])
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise Refused(f"payload is not ours: {type(error).__name__}") from None
    if name not in CLOSED_LIST or instance is not None or len(args) != 1 or kwargs:
        raise Refused(f"function {str(name)[:80]!r} is not on the list, or has other arguments")


def _text(value: bytes | str) -> str:
    """Return a Redis key as text; a key that is none cannot be one of ours."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def queue(name: str, connection: Redis | None = None) -> Queue:
    """Return one of our queues."""
    connection = redis_client() if connection is None else connection
    return Queue(name, connection=connection, job_class=ClosedJob, serializer=JSONSerializer)


def batch_queue_names() -> list[str]:
    """Return the batch lane's queues, most urgent first."""
    return list(BATCH_QUEUES.values())


def queue_name(lane: str, priority: int) -> str:
    """Return the queue that a job waits in."""
    return REALTIME_QUEUE if lane == Lane.REALTIME else BATCH_QUEUES[PRIORITIES[priority]]


def enqueue(name: str, function: str, identifier: str, *, timeout_s: int, pipeline: Any = None) -> None:
    """Ask a lane to call one of the closed list's functions with an id."""
    queue(name).enqueue_many([_prepared(function, identifier, timeout_s)], pipeline=pipeline)


def enqueue_all(name: str, function: str, timeouts: Mapping[str, int]) -> None:
    """Ask a lane for a call with each of many ids, given with the seconds it may take, in one step."""
    queue(name).enqueue_many([_prepared(function, key, timeout_s) for key, timeout_s in timeouts.items()])


def _prepared(function: str, identifier: str, timeout_s: int) -> Any:
    """Return what RQ needs to make a job.

    The result is not kept (PostgreSQL has it) and the description is the bare
    id, because RQ would write the arguments there and the dashboard shows it.
    """
    return Queue.prepare_data(
        function,
        args=(identifier,),
        timeout=timeout_s,
        result_ttl=0,
        ttl=HASH_TTL_S,
        failure_ttl=FAILURE_TTL_S,
        description=identifier,
        job_id=identifier,
    )


def key_of(name: str) -> str:
    """Return the key of the list that a queue's tickets wait in."""
    return Queue.redis_queue_namespace_prefix + name


def waiting_count(name: str) -> int:
    """Return how many tickets wait in a queue."""
    return redis_client().llen(key_of(name))


def waiting_ids(name: str) -> set[str]:
    """Return the ids that wait in a queue."""
    return {_text(item) for item in redis_client().lrange(key_of(name), 0, -1)}


def shown_job(identifier: str, name: str, *, timeout_s: int) -> ClosedJob:
    """Return a job as RQ's registries and the dashboard show it; nobody will call it."""
    job = ClosedJob.create(
        PERFORM,
        args=(identifier,),
        id=identifier,
        connection=redis_client(),
        serializer=JSONSerializer,
        timeout=timeout_s,
        description=identifier,
        origin=name,
    )
    return cast("ClosedJob", job)
