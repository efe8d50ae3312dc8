"""The figures of crops that the heads read: pooled stages of the dlib network, with their mirror image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from workers.personality.nets.dlib_resnet import DlibResNet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from workers.personality.detect import Pixels

POOLED = 3  # a stage is averaged over 3 x 3 regions
WIDTH = (64 + 128) * POOLED**2
BLOCK = 64  # crops in one forward pass

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """Figures of n crops: `views` (n, 2, WIDTH) as they are and mirrored, `embeddings` (n, 128)."""

    views: Matrix
    embeddings: Matrix


class Extractor:
    """The networks that turn crops into figures."""

    def __init__(self, network: DlibResNet) -> None:
        self._network = network

    @classmethod
    def load(cls) -> Extractor:
        """Return an extractor with the published weights."""
        return cls(DlibResNet.load())

    def features(self, crops: Sequence[Pixels]) -> Features:
        """Return the figures of crops (SIDE, SIDE, 3)."""
        parts = [self._block(crops[i : i + BLOCK]) for i in range(0, len(crops), BLOCK)]
        views = [part.views for part in parts] or [np.zeros((0, 2, WIDTH), np.float32)]
        embeddings = [part.embeddings for part in parts] or [np.zeros((0, 128), np.float32)]
        return Features(np.concatenate(views), np.concatenate(embeddings))

    def _block(self, crops: Sequence[Pixels]) -> Features:
        with torch.inference_mode():
            x = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float()
            stages = self._network.stages(torch.cat([x, x.flip(3)]))
            pooled = torch.cat([_pool(stages.fine), _pool(stages.coarse)], 1)
            views = pooled.reshape(2, len(crops), WIDTH).transpose(0, 1)
            return Features(views.numpy(), self._network.embeddings(stages.coarse[: len(crops)]).numpy())


def _pool(stage: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(stage, POOLED).flatten(1)
