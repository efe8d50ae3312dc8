"""The file routes' words for the core states, whatever the system; `expired` has none, it is a 410."""

from __future__ import annotations

from app.system import State

VOCABULARY = {
    State.RECEIVED: "queued",
    State.QUEUED: "queued",
    State.RETRYING: "queued",
    State.RUNNING: "processing",
    State.CANCELLING: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}
WORDS = tuple(dict.fromkeys(VOCABULARY.values()))
