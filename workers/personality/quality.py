"""How well a face can be judged: figures of its crop and box, and the words for what is poor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.personality.detect import area, clipped, roll_deg

if TYPE_CHECKING:
    import numpy.typing as npt

    from workers.personality.detect import Detection, Pixels, Points

SMALLEST = 36  # pixels: the least face that Azure's face service judges
LUMA = (0.299, 0.587, 0.114)  # BT.601
BLOCK = 8  # pixels of a JPEG block


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one face.

    `sharpness` is the variance of the crop's Laplacian over that of its grey levels, `brightness` and
    `contrast` are mean and standard deviation of the grey of its middle, 0..1; `roll` and `yaw`
    are degrees, None without landmarks, `yaw` a rough one; `size` is the longer side of the face in
    pixels; `cut` the share of the box beyond the picture; `noise` the grey levels that change
    from pixel to pixel in the smoothest places; `blockiness` how much larger
    steps between JPEG blocks are than those within them.
    """

    sharpness: float
    brightness: float
    contrast: float
    roll: float | None
    yaw: float | None
    size: float
    cut: float
    noise: float
    blockiness: float

    @property
    def too_small(self) -> bool:
        """Say whether the face is too small to be judged."""
        return self.size < SMALLEST

    def words(self) -> tuple[str, ...]:
        """Return what is poor; thresholds lie between training faces and what `degrade` makes of them."""
        turned = abs(self.roll or 0.0) > 30 or abs(self.yaw or 0.0) > 35  # noqa: PLR2004
        marks = {
            "too_small": self.too_small,
            "blurred": self.sharpness < 0.025,  # noqa: PLR2004
            "dark": self.brightness < 0.2,  # noqa: PLR2004
            "too bright": self.brightness > 0.78,  # noqa: PLR2004
            "low contrast": self.contrast < 0.08,  # noqa: PLR2004
            "noisy": self.noise > 4,  # noqa: PLR2004
            "compressed": self.blockiness > 1.5,  # noqa: PLR2004
            "cut": self.cut > 0.05,  # noqa: PLR2004
            "turned": turned,
        }
        return tuple(word for word, applies in marks.items() if applies)

    def figures(self) -> Mapping[str, float | None]:
        """Return the figures by name, rounded."""
        return {
            name: None if value is None else round(value, 3 if abs(value) < 1 else 1)
            for name, value in asdict(self).items()
        }


def quality(pixels: Pixels, crop: Pixels, face: Detection | None, *, scale: float = 1.0) -> Quality:
    """Return the quality of a face's crop; of a picture's middle where there is no face.

    `scale` is how many pixels of the picture as it is displayed are one of `pixels`.
    """
    grey = crop.astype(np.float32) @ np.array(LUMA, np.float32)
    middle = grey[len(grey) // 6 : -len(grey) // 6, len(grey) // 6 : -len(grey) // 6]
    box = face.box if face else (0.0, 0.0, float(pixels.shape[1]), float(pixels.shape[0]))
    inside = clipped(box, pixels.shape)
    marks = face.landmarks if face else None
    return Quality(
        sharpness=float(_laplacian(grey).var()) / max(float(grey.var()), 1.0),
        brightness=float(middle.mean()) / 255,
        contrast=float(middle.std()) / 255,
        roll=None if marks is None else roll_deg(marks),
        yaw=None if marks is None else _yaw_deg(marks),
        size=max(inside[2:]) * scale,
        cut=1 - area(inside) / max(area(box), 1e-6),
        noise=_noise(grey),
        blockiness=_blockiness(pixels, inside),
    )


def _laplacian(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]


def _noise(grey: npt.NDArray[np.float32]) -> float:
    """Return the noise's standard deviation in the quietest fifth of blocks.

    The Laplacian of white noise has sqrt(20) times its standard deviation.
    """
    fine = _laplacian(grey)
    side = len(fine) // 10 * 10
    blocks = fine[:side, :side].reshape(side // 10, 10, side // 10, 10).std((1, 3))
    return float(np.quantile(blocks, 0.2)) / 20**0.5


def _yaw_deg(marks: Points) -> float:
    """Return roughly how far a head is turned to its side, by the nose between the eyes."""
    line = marks[1] - marks[0]
    along = float((marks[2] - marks[0]) @ line) / max(float(line @ line), 1e-6)
    return float(np.degrees(np.arcsin(np.clip((along - 0.5) * 2, -1, 1))))


def _blockiness(pixels: Pixels, box: tuple[float, float, float, float]) -> float:
    """Return steps over the borders of 8 x 8 blocks, over those inside blocks, on the face's own pixels."""
    x, y, w, h = (int(side) for side in box)
    x0, y0 = x // BLOCK * BLOCK, y // BLOCK * BLOCK
    part = pixels[y0 : y + h, x0 : x + w, 1].astype(np.float32)  # green is most of the luma
    if min(part.shape) < 3 * BLOCK:
        return 1.0
    ratios = []
    for steps in (np.abs(np.diff(part, axis=1)).mean(0), np.abs(np.diff(part, axis=0)).mean(1)):
        border = np.arange(len(steps)) % BLOCK == BLOCK - 1
        ratios.append(float(steps[border].mean()) / max(float(steps[~border].mean()), 0.5))
    return max(ratios)
