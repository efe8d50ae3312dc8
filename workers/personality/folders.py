"""Find the pictures and clips below folders; what links or pipes lead to is not looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.files.uploads.media import FAMILIES, HEAD_BYTES, find_kind
from workers.personality.judge import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def sources_of(paths: Sequence[Path]) -> tuple[list[Source], int]:
    """Return the files to judge, and how many of the folders' files are neither picture nor clip.

    A file that is named is always judged, and answered with an error where it cannot be.
    """
    sources, skipped = list[Source](), 0
    for path in paths:
        if not path.is_dir():
            sources.append(Source(path, str(path)))
            continue
        for file in _files_below(path):
            if _is_media(file):
                sources.append(Source(file, str(file)))
            else:
                skipped += 1
    return sources, skipped


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield a folder's regular files in order, those of its folders too; hidden ones are left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and not path.is_symlink() and path.is_file():
                yield path


def _is_media(path: Path) -> bool:
    """Say whether a file's name or its content is a picture's or a clip's."""
    if path.suffix.lstrip(".").lower() in FAMILIES:
        return True
    try:
        with path.open("rb") as stream:
            return find_kind(stream.read(HEAD_BYTES)) is not None
    except OSError:
        return True  # an error of it is better than silence
