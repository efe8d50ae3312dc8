"""Decode a stranger's picture; runs in a child process, or in the command that its owner started.

The order keeps memory flat: header, count of pixels, as few pixels as are needed, and only then colours.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from pillow_heif import register_heif_opener

from app.files.uploads.media import HEAD_BYTES, HEIC, JPEG, WEBP, Kind
from workers.personality.complete import is_cut
from workers.personality.errors import DAMAGE, FileError
from workers.personality.images.colour import expanded, to_srgb
from workers.personality.images.upright import SIDEWAYS, orientation_of, turned
from workers.personality.images.webp_header import webp_size
from workers.personality.picture import LONG_SIDE, MOST_PIXELS, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRAFT_SIDE = 1280  # a JPEG is decoded at the smallest half, quarter or eighth that has this
FORMATS = {JPEG.reader: ("JPEG", "MPO")}  # a JPEG that further pictures follow is one
ANIMATED = "animated: first frame used"

register_heif_opener(thumbnails=False)


def read_image(path: Path, kind: Kind) -> Picture:
    """Return a picture of a known kind, upright, in sRGB, over white.

    Raises:
        FileError: too_many_pixels by its header; truncated or unreadable.

    """
    if kind is WEBP:
        with path.open("rb") as stream:
            _check_size(webp_size(stream.read(HEAD_BYTES)) or (1, 1))
    with _in_words(path, kind), Image.open(path, formats=FORMATS.get(kind.reader, (kind.reader,))) as image:
        _check_size(image.size)
        return _decoded(image, kind)


def _check_size(size: tuple[int, int]) -> None:
    """Raise FileError when a header promises more pixels than are decoded here."""
    width, height = size
    if width * height > MOST_PIXELS:
        detail = f"{width} x {height} pixels are more than {MOST_PIXELS:,}"
        raise FileError("too_many_pixels", detail)
    if width < 1 or height < 1:
        raise FileError("unreadable", "the picture has no pixels")


@contextmanager
def _in_words(path: Path, kind: Kind) -> Iterator[None]:
    """Say what is wrong with a picture in our words: a library's may quote the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata that nobody reads
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise FileError("too_many_pixels", f"the picture has more than {MOST_PIXELS:,} pixels") from None
    except FileError:
        raise
    except DAMAGE as error:
        if "truncated" in str(error) or is_cut(path, kind):
            raise FileError("truncated", "the picture breaks off; the upload is incomplete") from None
        raise FileError("unreadable", f"the {kind.media_type} is damaged and cannot be decoded") from None


def _decoded(image: Image.Image, kind: Kind) -> Picture:
    """Return an opened picture's pixels."""
    orientation = orientation_of(image, kind)
    width, height = image.size
    if kind is JPEG:
        image.draft(None, _at_least(image.size, DRAFT_SIDE))
    warnings = (ANIMATED,) if _is_animated(image, kind) else ()
    profile = image.info.get("icc_profile")
    gamma = None if "srgb" in image.info else image.info.get("gamma")
    image.load()
    upright = turned(to_srgb(_smaller(expanded(image)), profile, gamma), orientation)
    shown = (height, width) if orientation in SIDEWAYS else (width, height)
    return Picture(np.asarray(upright), *shown, warnings)


def _at_least(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return a size of the same shape whose long side is `side`."""
    longest = max(size)
    return max(size[0] * side // longest, 1), max(size[1] * side // longest, 1)


def _is_animated(image: Image.Image, kind: Kind) -> bool:
    """Say whether more than the first frame could be shown; no other is decoded."""
    return kind not in {JPEG, HEIC} and bool(getattr(image, "is_animated", False))


def _smaller(image: Image.Image) -> Image.Image:
    """Return a picture whose long side is at most what is handed on."""
    if max(image.size) <= LONG_SIDE:
        return image
    return image.resize(_at_least(image.size, LONG_SIDE), Image.Resampling.BOX)
