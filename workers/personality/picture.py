"""What decoding hands to detection: upright pixels, and the size that they are shown at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_PIXELS = 40_000_000  # threats.md: refused from the header
LONG_SIDE = 2560  # of what is handed on: the detector's second look is at 1280, and crops want twice that


@dataclass(frozen=True)
class Picture:
    """A picture as it is displayed: turned upright, sRGB, without transparency or metadata.

    `pixels` are of shape (h, w, 3), uint8; `width` and `height` are the displayed size, which is
    larger where the pixels were made fewer. `warnings` say what was passed over.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    warnings: tuple[str, ...] = ()

    @property
    def scale(self) -> float:
        """Return the displayed pixels for one of `pixels`."""
        height, width = self.pixels.shape[:2]
        return float(max(self.width / width, self.height / height))
