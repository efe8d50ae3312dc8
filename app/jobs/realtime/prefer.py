"""How long the caller lets an answer be held back: the `Prefer` header of RFC 7240."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.http import parse_dict_header

from app.extensions import settings


@dataclass(frozen=True)
class Preference:
    """How long the caller lets an answer be held back, in seconds; `applied` echoes what was said."""

    wait_s: float
    applied: str | None

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that says which preference was followed."""
        return {"Preference-Applied": self.applied} if self.applied else {}


def preference(default_wait_s: float) -> Preference:
    """Return what `Prefer` asks; what cannot be followed is passed over, as RFC 7240 says."""
    sent = ", ".join(request.headers.getlist("Prefer"))
    preferences = {
        name.partition(";")[0].strip().lower(): value for name, value in parse_dict_header(sent).items()
    }
    if "respond-async" in preferences:
        return Preference(0.0, "respond-async")
    if "wait" in preferences and not (preferences["wait"] or "").strip():
        return Preference(settings().wait_s, f"wait={settings().wait_s:g}")
    wait = (preferences.get("wait") or "").partition(";")[0].strip()
    if wait.isdecimal() and len(wait) < 10:  # noqa: PLR2004 - a number, not a flood of digits
        followed = min(float(wait), settings().wait_s)
        return Preference(followed, f"wait={followed:g}")
    return Preference(default_wait_s, None)
