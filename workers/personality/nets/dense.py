"""The small densely linked networks of npm's @vladmandic/face-api 1.7.15: expressions, 68 landmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from workers.personality.nets import tensors

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 112  # pixels of a crop
MEAN_RGB = (122.782, 117.001, 104.298)
BLOCKS = 4
WIDTH = 256  # of the last pooled layer


class DenseNet:
    """Four blocks of depthwise separable convolutions, each layer fed with the sum of those before."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._weights = {
            name: tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim > 2 else tensor  # noqa: PLR2004
            for name, tensor in weights.items()
        }

    @classmethod
    def load(cls, name: str) -> Self:
        """Return the network called expression or landmarks, with its published weights."""
        return cls(tensors.read(name))

    def to(self, device: torch.device) -> Self:
        """Move the weights to a device, and return self."""
        self._weights = {name: tensor.to(device) for name, tensor in self._weights.items()}
        return self

    def fine(self, crops: Tensor) -> Tensor:
        """Return the map behind the first block, (n, 32, 56, 56), of RGB crops (n, 3, SIDE, SIDE), 0..255."""
        x = (crops - crops.new_tensor(MEAN_RGB).reshape(1, 3, 1, 1)) / 255
        return self._block("dense0", x, first=True)

    def figures(self, fine: Tensor) -> Tensor:
        """Return the pooled last layer and the answers, (n, WIDTH + answers), of the map before."""
        x = fine
        for block in range(1, BLOCKS):
            x = self._block(f"dense{block}", x, first=False)
        pooled = F.avg_pool2d(x, 7, 2).flatten(1)
        return torch.cat([pooled, pooled @ self._weights["fc.weights"] + self._weights["fc.bias"]], 1)

    def _block(self, name: str, x: Tensor, *, first: bool) -> Tensor:
        x = (self._plain if first else self._separable)(f"{name}.conv0", x, stride=2)
        total = x.relu()
        for layer in (1, 2, 3):
            total = total + self._separable(f"{name}.conv{layer}", total.relu(), stride=1)
        return total.relu()

    def _plain(self, name: str, x: Tensor, *, stride: int) -> Tensor:
        x, padding = _padded(x, stride)
        return F.conv2d(x, self._weights[f"{name}.filters"], self._weights[f"{name}.bias"], stride, padding)

    def _separable(self, name: str, x: Tensor, *, stride: int) -> Tensor:
        depthwise = self._weights[f"{name}.depthwise_filter"]
        x, padding = _padded(x, stride)
        x = F.conv2d(x, depthwise, None, stride, padding, groups=x.shape[1])
        return F.conv2d(x, self._weights[f"{name}.pointwise_filter"], self._weights[f"{name}.bias"])


def _padded(x: Tensor, stride: int) -> tuple[Tensor, int]:
    """Pad for a window of 3 as TensorFlow's SAME does, and return what a convolution is to pad on all sides.

    What is odd goes right and below.
    """
    if stride == 1:
        return x, 1
    sides = []
    for size in (x.shape[3], x.shape[2]):
        lack = max((-(-size // stride) - 1) * stride + 3 - size, 0)
        sides += [lack // 2, lack - lack // 2]
    return F.pad(x, sides), 0
