"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Principal:
    """Who asks: the owner of what the request makes."""

    name: str
    role: str

    @property
    def is_admin(self) -> bool:
        """Say whether everything may be seen."""
        return self.role == "admin"
