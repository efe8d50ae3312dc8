"""Secrets masked, wherever a text leaves the process: log lines, tracebacks, what libraries print."""

from __future__ import annotations

import re
import sys
from typing import Any, TextIO, cast

SECRET_KEYS = re.compile(r"(?i)(authorization|cookie|password|secret|token|api[-_]?key|signature)")
# A word begins where none goes on: else each of its letters would be tried, and a long one take minutes.
SECRET_VALUES = re.compile(
    r"sk-ant-[\w-]+"  # an Anthropic key
    r"|assay_[0-9a-f]{8}_[\w-]+"  # our own
    r"|(?i:bearer)\s+\S+"
    r"|(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password of a URL
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+"  # an e-mail address
)
MARKS = ("@", "sk-ant-", "assay_", "bearer", "eyj")  # in each secret above, and cheap to look for
MASK = "[masked]"


def mask(value: Any) -> Any:
    """Return a value with everything that looks like a secret masked."""
    if isinstance(value, str):
        lower = value.lower()
        return SECRET_VALUES.sub(MASK, value) if any(mark in lower for mark in MARKS) else value
    if isinstance(value, dict):
        return {k: MASK if SECRET_KEYS.search(str(k)) else mask(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item) for item in value]
    return value


class MaskedStream:
    """A text stream that masks what is written to it; the interpreter prints tracebacks to one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text with its secrets masked."""
        return self._stream.write(mask(text))

    def writelines(self, lines: Any) -> None:
        """Write lines with their secrets masked."""
        for line in lines:
            self.write(line)

    @classmethod
    def install(cls) -> None:
        """Mask this process's standard error, and with it what its children print before they log."""
        if not isinstance(sys.stderr, cls):
            sys.stderr = cast("TextIO", cls(sys.stderr))
