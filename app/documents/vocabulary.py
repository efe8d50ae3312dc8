"""The words of the documents routes for the core states; `expired` has none, it is a 410."""

from __future__ import annotations

from app.system import State

VOCABULARY = {
    State.RECEIVED: "pending",
    State.QUEUED: "pending",
    State.RETRYING: "pending",
    State.RUNNING: "running",
    State.CANCELLING: "running",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
WORDS = tuple(dict.fromkeys(VOCABULARY.values()))

KINDS = ("segment", "benefit", "limit", "condition", "exclusion")
TIERS = ("segments", "benefits", "modifiers")
