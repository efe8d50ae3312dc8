"""The Procfile: which processes Assay consists of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")
RELEASE = "release"  # run once before the others, not kept running


def read(path: Path) -> dict[str, str]:
    """Return each process's command by its name, in the file's order.

    Raises:
        ValueError: a line is neither `name: command` nor a comment.

    """
    lines = [line.strip() for line in path.read_text().splitlines()]
    matches = [(line, LINE.fullmatch(line)) for line in lines if line and not line.startswith("#")]
    for line, match in matches:
        if match is None:
            raise ValueError(f"{path.name} has the line {line!r}; a line is `name: command`")
    return {match["name"]: match["command"] for _, match in matches if match}
