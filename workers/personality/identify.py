"""Which reader a picture or a clip goes to, by its first bytes, and whether its name agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.files.uploads.media import (
    HEAD_BYTES,
    KINDS,
    Kind,
    family_of,
    find_kind,
)
from workers.personality.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path


def identify(path: Path, name: str) -> tuple[Kind, tuple[str, ...]]:
    """Return a file's format, and the warning where its name says another of the same family.

    Raises:
        FileError: it is no picture or clip that is read here, or its name is one of the other family.

    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise FileError("unreadable", "the file is empty")
    kind = find_kind(head)
    if kind is None:
        raise FileError("unsupported", f"the content is none of {_readable()}")
    named = family_of(name) or kind.family
    if named != kind.family:
        raise FileError("type_mismatch", f"the content is {kind.media_type}, the name says {named}")
    ending = name.rpartition(".")[2].lower()
    if family_of(name) and ending not in kind.endings:
        return kind, (f"extension_mismatch: the content is {kind.media_type}, the name ends in .{ending}",)
    return kind, ()


def _readable() -> str:
    """Return the formats that are read, in words."""
    return ", ".join(dict.fromkeys(kind.media_type for kind in KINDS))
