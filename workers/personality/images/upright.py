"""Turn a picture as its orientation tag says, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from workers.personality.errors import DAMAGE

if TYPE_CHECKING:
    from app.files.uploads.media import Kind

ORIENTATION = 0x0112  # EXIF 2.32, 4.6.4: 1 to 8
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = frozenset({5, 6, 7, 8})


def orientation_of(image: Image.Image, kind: Kind) -> int:
    """Return a picture's orientation, 1 where its tag is missing, broken or none of the eight.

    In HEIF the tag only informs: `irot` and `imir` say how to turn, and libheif has done so.
    """
    if kind.reader == "HEIF":
        return 1
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except DAMAGE:
        return 1
    return value if value in TURNS else 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as it is to be shown."""
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
