"""The words of the personality API for the core states; `expired` has none, it is a 410."""

from __future__ import annotations

from app.files.jobs.vocabulary import VOCABULARY, WORDS

__all__ = ["VOCABULARY", "WORDS"]
