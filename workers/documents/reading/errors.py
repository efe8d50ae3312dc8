"""What keeps a document from being read."""

from __future__ import annotations


class UnreadableDocument(Exception):
    """Raised when a document cannot be read; `code` is stable, the text says what to do."""

    def __init__(self, code: str, detail: str, *, pages: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.pages = pages
