"""What is wrong with an export.

ExportError
  NotAnExport        no_health_data, not_a_health_export, no_usable_data
  BrokenExport       archive_corrupt, archive_suspicious, export_broken
"""

from __future__ import annotations


class ExportError(ValueError):
    """Raised when an export cannot be read; `code` is one word for a program, `detail` is for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class NotAnExport(ExportError):
    """Raised when a file holds no health data that can be used."""


class BrokenExport(ExportError):
    """Raised when an export is damaged, or made to do damage."""
