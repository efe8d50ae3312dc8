"""Spoil pictures as cameras and networks do: the head learns to bear it, and how far it errs then."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from workers.personality.detect import Box, Pixels

Rng = np.random.Generator
Spoil = Callable[["Pixels", "Box", Rng], "Pixels"]


def blurred(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture out of focus, by 1.5 to 6 % of the face's width."""
    radius = rng.uniform(0.015, 0.06) * box[2]
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def small(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture as if the face had been taken with 36 to 70 pixels."""
    height, width = pixels.shape[:2]
    ratio = min(rng.uniform(36, 70) / max(box[2:]), 1.0)
    few = Image.fromarray(pixels).resize(
        (max(round(width * ratio), 1), max(round(height * ratio), 1)), Image.Resampling.BILINEAR
    )
    return np.asarray(few.resize((width, height), Image.Resampling.BICUBIC))


def dark(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture at 8 to 35 % of its light, with a sensor's noise."""
    del box
    return _clipped(pixels * rng.uniform(0.08, 0.35) + rng.normal(0, 2, pixels.shape))


def bright(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture with 1.5 to 2.6 times its light, burnt out above."""
    del box
    return _clipped(pixels * rng.uniform(1.5, 2.6))


def flat(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture with 10 to 35 % of its contrast."""
    del box
    return _clipped(pixels * rng.uniform(0.1, 0.35) + rng.uniform(60, 150))


def noisy(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture with noise of 10 to 40 grey levels."""
    del box
    return _clipped(pixels + rng.normal(0, rng.uniform(10, 40), pixels.shape))


def compressed(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture out of a JPEG of quality 5 to 25."""
    del box
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=int(rng.integers(5, 26)))
    return np.asarray(Image.open(stream))


def dithered(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture in 32 to 255 colours, as GIFs have."""
    del box
    few = Image.fromarray(pixels).quantize(int(rng.integers(32, 256)), dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(few.convert("RGB"))


def tinted(pixels: Pixels, box: Box, rng: Rng) -> Pixels:
    """Return a picture with another white balance and gamma, one in three of them grey."""
    del box
    if rng.random() < 1 / 3:
        return np.asarray(Image.fromarray(pixels).convert("L").convert("RGB"))
    gains, gamma = rng.uniform(0.8, 1.2, 3), rng.uniform(0.7, 1.4)
    return _clipped(255 * (pixels / 255) ** gamma * gains)


WAYS: Mapping[str, Spoil] = {
    "blurred": blurred,
    "bright": bright,
    "compressed": compressed,
    "dark": dark,
    "dithered": dithered,
    "flat": flat,
    "noisy": noisy,
    "small": small,
    "tinted": tinted,
}


def moved(box: Box, rng: Rng) -> Box:
    """Return a box as another detector or frame might have drawn it: moved by 3 % and scaled by 5 %."""
    x, y, w, h = box
    grown = rng.normal(1, 0.05)
    dx, dy = rng.normal(0, 0.03, 2) * w
    return x + dx + w * (1 - grown) / 2, y + dy + h * (1 - grown) / 2, w * grown, h * grown


def _clipped(values: np.ndarray) -> Pixels:
    return np.asarray(np.clip(values, 0, 255), np.uint8)
