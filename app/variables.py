"""The variables that settings are read from.

One of the environment counts before a line of `.env`, and that before what a stack that runs in this folder
has started. An empty one counts as not set.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dotenv import dotenv_values

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
STACK = Path("var/stack.json")  # written, and locked, by a stack for as long as it runs


def given(root: Path = ROOT) -> dict[str, str]:
    """Return the variables that are set in the environment or in `.env`."""
    return merged(dotenv_values(root / ".env"), os.environ)


def started_by_stack(root: Path = ROOT) -> dict[str, str]:
    """Return the variables of what a stack that runs in a folder has started; none where none runs."""
    try:
        with (root / STACK).open(encoding="utf-8") as file:
            text = file.read()
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return cast("dict[str, str]", json.loads(text))
    except OSError:  # there is none, or it is another user's
        return {}
    return {}  # nobody holds it: its stack was killed


def merged(*sources: Mapping[str, str | None]) -> dict[str, str]:
    """Return what is not empty, the last source winning; Redis' older name counts in each."""
    variables: dict[str, str] = {}
    for source in sources:
        named = {name: value for name, value in source.items() if value}
        if "CELERY_BROKER_URL" in named:
            named.setdefault("REDIS_URL", named["CELERY_BROKER_URL"])
        variables |= named
    return variables
