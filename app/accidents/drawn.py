"""Replies that are drawn from a data set: few at once, since drawing takes the time of the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.accidents.datasets import asking
from app.http.openapi import reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response


def reply_drawn(draw: Callable[[], Any], headers: Mapping[str, str]) -> Response:
    """Return what is drawn as a reply, drawn and written out in its turn.

    Raises:
        TooMany: as many drawings wait as may wait.

    """
    with asking.pool().turn():
        return reply(draw(), headers)
