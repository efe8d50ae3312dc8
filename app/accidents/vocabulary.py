"""The words of the accidents API for the core states; `expired` has none, it is a 410."""

from __future__ import annotations

from app.system import State

VOCABULARY = {
    State.RECEIVED: "pending",
    State.QUEUED: "pending",
    State.RETRYING: "pending",
    State.RUNNING: "processing",
    State.CANCELLING: "processing",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
