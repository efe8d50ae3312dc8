"""The figures of crops that heads read: inner layers of small networks, of a crop and its mirror image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from workers.personality.crops import MARGIN
from workers.personality.nets import dense, dlib_resnet
from workers.personality.nets.dense import DenseNet
from workers.personality.nets.dlib_resnet import DlibResNet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from workers.personality.detect import Pixels

POOLED = 3  # a stage is averaged over 3 x 3 regions
BLOCK = 8  # crops in one forward pass: more of them leave the processor's cache, and take a fifth longer each
TIGHT = 1.05 / MARGIN  # the part of a crop that the dense networks were trained on
# group of figures -> how much it counts beside the others in the ridge regression; by cross-validation
GROUPS: Mapping[str, float] = {"stages": 1.0, "landmarks": 2.0, "expression": 1.0}

WIDTHS: Mapping[str, int] = {
    "stages": (64 + 128) * POOLED**2,
    "landmarks": dense.WIDTH + 136,
    "expression": dense.WIDTH + 7,
}

Matrix = npt.NDArray[np.float32]


def widths(groups: Sequence[str]) -> list[tuple[str, int]]:
    """Return groups of figures, each with how many it has."""
    return [(name, WIDTHS[name]) for name in groups]


@dataclass(frozen=True)
class Features:
    """Figures of n crops: `views` (n, 1 or 2, width) as they are and mirrored.

    `embeddings` are of shape (n, 128), and (n, 0) unless they were asked for.
    """

    views: Matrix
    embeddings: Matrix


class Extractor:
    """The networks that turn crops into figures."""

    def __init__(self, network: DlibResNet, others: Mapping[str, DenseNet]) -> None:
        self._network = network
        self._others = others
        self.device = torch.device("cpu")

    @classmethod
    def load(cls, groups: Sequence[str]) -> Self:
        """Return an extractor of some groups of figures, in their order, with the published weights."""
        return cls(DlibResNet.load(), {name: DenseNet.load(name) for name in groups if name != "stages"})

    def to(self, device: torch.device) -> Self:
        """Move the networks to a device, and return self."""
        self._network.to(device)
        for network in self._others.values():
            network.to(device)
        self.device = device
        return self

    def features(self, crops: Sequence[Pixels], *, mirrored: bool = True, embedded: bool = False) -> Features:
        """Return the figures of crops (SIDE, SIDE, 3), and `embedded` also who they are."""
        blocks = list(self._blocks(crops, mirrored=mirrored, embedded=embedded))
        return Features(
            np.concatenate([views for views, _ in blocks]),
            np.concatenate([embeddings for _, embeddings in blocks]),
        )

    def maps(self, crops: Tensor) -> list[Tensor]:
        """Return each network's inner map of RGB crops (n, 3, SIDE, SIDE), 0..255; Grad-CAM reads them."""
        small = _tight(crops) if self._others else crops
        return [self._network.fine(crops), *(network.fine(small) for network in self._others.values())]

    def figures(self, maps: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return the figures (n, width) of inner maps, and the map that embeddings come from."""
        fine, *rest = maps
        coarse = self._network.coarse(fine)
        others = zip(self._others.values(), rest, strict=True)
        parts = [_pool(fine), _pool(coarse), *(network.figures(each) for network, each in others)]
        return torch.cat(parts, 1), coarse

    def _blocks(
        self, crops: Sequence[Pixels], *, mirrored: bool, embedded: bool
    ) -> Iterator[tuple[Matrix, Matrix]]:
        for start in range(0, len(crops), BLOCK):
            block = np.stack(crops[start : start + BLOCK])
            with torch.inference_mode():
                x = torch.from_numpy(block).to(self.device).permute(0, 3, 1, 2).float()
                figures, coarse = self.figures(self.maps(torch.cat([x, x.flip(3)]) if mirrored else x))
                plain = coarse[: len(block)]
                embeddings = self._network.embeddings(plain) if embedded else plain.new_empty(len(block), 0)
                views = figures.reshape(-1, len(block), figures.shape[1]).transpose(0, 1)
                yield views.cpu().numpy(), embeddings.cpu().numpy()


def _pool(stage: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(stage, POOLED).flatten(1)


def tight_edge() -> int:
    """Return how many pixels along each side of a crop the dense networks do not see."""
    return round(dlib_resnet.SIDE * (1 - TIGHT) / 2)


def _tight(crops: Tensor) -> Tensor:
    """Return the middle of crops at the size that the dense networks take."""
    edge = tight_edge()
    middle = crops[..., edge:-edge, edge:-edge]
    size = (dense.SIDE, dense.SIDE)
    return F.interpolate(middle, size, mode="bilinear", align_corners=False).contiguous(
        memory_format=torch.channels_last
    )
