"""dlib's face-recognition ResNet (King 2017), of npm's @vladmandic/face-api 1.7.15, and its inner stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from workers.personality.nets import tensors

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 150  # pixels of a crop
MEAN_RGB = (122.782, 117.001, 104.298)
CONV = ".conv.filters"
STAGES = {32: 3, 64: 3, 128: 2, 256: 2}  # plain blocks behind each stage's first


class DlibResNet:
    """The network, its scales folded into the convolutions."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._layers = {
            name.removesuffix(CONV): _folded(weights, name.removesuffix(CONV))
            for name in weights
            if name.endswith(CONV)
        }
        self._projection = weights["fc"]  # (256, 128)

    @classmethod
    def load(cls) -> Self:
        """Return the network with its published weights."""
        return cls(tensors.read("dlib"))

    def to(self, device: torch.device) -> Self:
        """Move the weights to a device, and return self."""
        self._layers = {name: (w.to(device), b.to(device)) for name, (w, b) in self._layers.items()}
        self._projection = self._projection.to(device)
        return self

    def fine(self, crops: Tensor) -> Tensor:
        """Return the map behind the stage of 64 channels, (n, 64, 17, 17), of RGB crops, 0..255."""
        x = (crops - crops.new_tensor(MEAN_RGB).reshape(1, 3, 1, 1)) / 255
        x = x.contiguous(memory_format=torch.channels_last)
        x = F.max_pool2d(self._conv("conv32_down", x, stride=2), 3, 2)
        return self._plain(self._down("conv64_down", self._plain(x, 32)), 64)

    def coarse(self, fine: Tensor) -> Tensor:
        """Return the map behind the stage of 128 channels, (n, 128, 8, 8), of the one before."""
        return self._plain(self._down("conv128_down", fine), 128)

    def embeddings(self, coarse: Tensor) -> Tensor:
        """Return who it is, of shape (n, 128), unit length; faces of one person lie within about 0.6."""
        x = self._plain(self._down("conv256_down", coarse), 256)
        x = self._down("conv256_down_out", x)
        return F.normalize(x.mean((2, 3)) @ self._projection)

    def _conv(self, name: str, x: Tensor, *, stride: int = 1, relu: bool = True) -> Tensor:
        weight, bias = self._layers[name]
        x = F.conv2d(x, weight, bias, stride, 0 if stride > 1 else weight.shape[2] // 2)
        return x.relu_() if relu else x

    def _plain(self, x: Tensor, channels: int) -> Tensor:
        """Return a stage's blocks that keep the size."""
        for i in range(1, STAGES[channels] + 1):
            name = f"conv{channels}_{i}"
            x = (self._conv(f"{name}.conv2", self._conv(f"{name}.conv1", x), relu=False) + x).relu_()
        return x

    def _down(self, name: str, x: Tensor) -> Tensor:
        """Return a block that halves the size; what lacks in size or channels is padded with zeros."""
        out = self._conv(f"{name}.conv2", self._conv(f"{name}.conv1", x, stride=2), relu=False)
        kept = F.avg_pool2d(x, 2, 2)
        out = F.pad(out, (0, kept.shape[3] - out.shape[3], 0, kept.shape[2] - out.shape[2]))
        return (out + F.pad(kept, (0, 0, 0, 0, 0, out.shape[1] - kept.shape[1]))).relu_()


def _folded(weights: dict[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    """Return a layer's filters and bias with the scale that follows it."""
    scale = weights[f"{name}.scale.weights"]
    filters = weights[name + CONV] * scale.reshape(-1, 1, 1, 1)
    bias = weights[f"{name}.conv.bias"] * scale + weights[f"{name}.scale.biases"]
    return filters.contiguous(memory_format=torch.channels_last), bias
