"""The words of the reviews API for the core states; `expired` has none, it is a 410."""

from __future__ import annotations

from app.system import State

VOCABULARY = {
    State.RECEIVED: "accepted",
    State.QUEUED: "queued",
    State.RETRYING: "queued",
    State.RUNNING: "queued",
    State.CANCELLING: "queued",
    State.SUCCEEDED: "ready",
    State.FAILED: "error",
    State.CANCELLED: "error",
}

# This API's codes of problems.
NOT_FOUND, WRONG_STATE, UNREADABLE = "01", "02", "03"
