"""A text that is changed step by step, and where each of its characters stood at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

Edit = tuple[int, int, str]  # text[start:end] becomes this


class Mapped:
    """A text, and for each character where what it stands for begins and ends in the first text.

    Each change takes time in proportion to the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] | None = None  # None: character n is character n
        self._ends: list[int] | None = None

    def sub(self, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> None:
        """Replace what matches a pattern by what is written for it."""
        self.edit((*match.span(), write(match)) for match in pattern.finditer(self.text))

    def edit(self, edits: Iterable[Edit]) -> None:
        """Replace spans, which are in order and do not overlap."""
        wanted = [edit for edit in edits if self.text[edit[0] : edit[1]] != edit[2]]
        if not wanted:
            return
        old_starts, old_ends = self._places()
        pieces, starts, ends, behind = list[str](), list[int](), list[int](), 0
        for start, end, put in wanted:
            pieces += (self.text[behind:start], put)
            first, last = old_starts[start], old_ends[end - 1]
            starts += [*old_starts[behind:start], *[first] * len(put)]
            ends += [*old_ends[behind:start], *[last] * len(put)]
            behind = end
        self.text = "".join([*pieces, self.text[behind:]])
        self._starts, self._ends = [*starts, *old_starts[behind:]], [*ends, *old_ends[behind:]]

    def _places(self) -> tuple[list[int], list[int]]:
        if self._starts is None or self._ends is None:
            amount = len(self.text)
            return list(range(amount)), list(range(1, amount + 1))
        return self._starts, self._ends

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return where text[start:end], which is not empty, stood in the first text."""
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]
