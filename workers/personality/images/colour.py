"""Bring any of Pillow's modes to 8-bit sRGB over white."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms

from workers.personality.errors import DAMAGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEEP = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N", "F"})
WHITE = 255
STEP = 257  # 65535 / 255: 16 bits to 8, full scale to full scale
PROFILE_MODES = {b"RGB ": ("RGB",), b"GRAY": ("L",), b"CMYK": ("CMYK",)}  # by what the profile is for
SPACE, DESCRIBED = slice(16, 20), 3 * 1024  # a profile's colour space; where an sRGB one says its name
USUAL_GAMMA, ALIKE = 0.45455, 0.02  # of a PNG that a screen shows as it is (PNG 3, 11.3.2.2)
ODDEST_GAMMA = 5.0  # this, or one part in this many: beyond it is damage


def expanded(image: Image.Image) -> Image.Image:
    """Return a loaded picture in 8 bits whose values are colours and alpha, neither indices nor keys."""
    if image.mode in DEEP:
        return _to_8_bits(image)
    if image.mode == "1" and "transparency" not in image.info:
        return image.convert("L")
    if image.mode == "P" and "transparency" not in image.info:
        return image.convert("RGB")
    if image.mode in {"1", "P", "PA"} or (image.mode in {"L", "RGB"} and "transparency" in image.info):
        return image.convert("RGBA")
    return image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode]) if image.mode.endswith("a") else image


def to_srgb(image: Image.Image, profile: bytes | None, gamma: float | None = None) -> Image.Image:
    """Return an expanded picture as RGB, by its profile or else its gamma, white where it is clear."""
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    plain = image.convert(image.mode.removesuffix("A")) if alpha is not None else image
    plain = _converted(plain, profile) if profile else _shown_by(plain, gamma)
    plain = plain if plain.mode == "RGB" else plain.convert("RGB")
    if alpha is None or alpha.getextrema() == (WHITE, WHITE):
        return plain
    white = Image.new("RGB", plain.size, "white")
    white.paste(plain, mask=alpha)
    return white


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Return a deep grey picture in 8 bits; `convert` would cut at 255 (python-pillow/Pillow#2574)."""
    values = np.asarray(image)
    scaled = Image.fromarray(_scaled(values))
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return scaled
    shown = Image.fromarray(np.where(values == clear, 0, WHITE).astype(np.uint8))
    return Image.merge("LA", (scaled, shown))


def _scaled(values: Any) -> NDArray[np.uint8]:
    """Return values of 16 bits, or floats that reach to 1 or to 255, as 0..255."""
    if values.dtype.kind == "f":
        values = np.nan_to_num(values) * (WHITE if np.nanmax(values, initial=0.0) <= 1 else 1)
    else:
        values = (values.astype(np.int32) + STEP // 2) // STEP
    return np.asarray(np.clip(values, 0, WHITE).astype(np.uint8))


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture in sRGB; a profile that is none, or is for other colours, is passed over."""
    if image.mode not in PROFILE_MODES.get(profile[SPACE], ()) or _is_srgb(profile):
        return image
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)), _srgb(), image.mode, "RGB"
        )
        return ImageCms.applyTransform(image, transform) or image
    except (*DAMAGE, ImageCms.PyCMSError):
        return image


def _shown_by(image: Image.Image, gamma: float | None) -> Image.Image:
    """Return a picture with the gamma of a screen: what a PNG says of its own where it has no profile."""
    if gamma is None or not 1 / ODDEST_GAMMA <= gamma <= ODDEST_GAMMA or abs(gamma - USUAL_GAMMA) <= ALIKE:
        return image
    table = [round(WHITE * (level / WHITE) ** (USUAL_GAMMA / gamma)) for level in range(WHITE + 1)]
    return image.point(table * len(image.getbands()))


def _is_srgb(profile: bytes) -> bool:
    """Say whether a profile calls itself sRGB, in either of its two kinds of text: nothing is to be done."""
    start = profile[:DESCRIBED]
    return b"sRGB IEC61966" in start or "sRGB".encode("utf-16-be") in start


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
