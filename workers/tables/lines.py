"""Lines of a stream, none of them held whole that is too long."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TextIO


class Lines:
    """Lines that can be put back; of a line of `most` characters or more the rest is passed over."""

    def __init__(self, stream: TextIO, most: int) -> None:
        self.most = most
        self._stream = stream
        self._waiting: deque[str] = deque()

    def take(self) -> str | None:
        """Return the next line, None at the end."""
        if self._waiting:
            return self._waiting.popleft()
        line = self._stream.readline(self.most)
        if self.is_cut(line):
            self._pass_over()
        return line or None

    def put_back(self, lines: Sequence[str]) -> None:
        """Make lines the next ones."""
        self._waiting.extendleft(reversed(lines))

    def is_cut(self, line: str) -> bool:
        """Say whether a line is only the beginning of one."""
        return len(line) >= self.most and line[-1] not in "\r\n"

    def fault_of(self, line: str) -> str | None:
        """Return what is wrong with a line that is cut, None where it is whole."""
        return (
            f"the line has {self.most:,} characters or more, fewer are right" if self.is_cut(line) else None
        )

    def _pass_over(self) -> None:
        while (rest := self._stream.readline(self.most)) and rest[-1] not in "\r\n":
            pass
