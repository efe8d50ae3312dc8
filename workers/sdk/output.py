"""What commands leave: files, and a summary with an exit code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@contextmanager
def atomic_write(out: Path) -> Iterator[TextIO]:
    """Give a stream whose file appears under its name when all is written, or not at all."""
    unfinished = out.with_name(out.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


class Summary(dict[str, Any]):
    """The figures that `flask process` prints, and the code that it exits with."""

    def __init__(self, figures: Mapping[str, Any], *, exit_code: int = 0) -> None:
        super().__init__(figures)
        self.exit_code = exit_code
