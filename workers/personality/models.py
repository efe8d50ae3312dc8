"""What turns crops into traits: the linear head on small networks, or a ResNet of the user's own.

A card's data say which: `groups` of figures, or the `network` that `checkpoint.safetensors` holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from safetensors.torch import load_file

from workers.personality.features import GROUPS, Extractor
from workers.personality.head import FARTHEST, Head, Matrix
from workers.personality.nets import resnet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from workers.personality.detect import Pixels
    from workers.personality.nets.resnet import ResNet
    from workers.sdk.predictor import Card

CHECKPOINT_FILE = "checkpoint.safetensors"


@dataclass(frozen=True)
class Traits:
    """Of n crops: traits (n, 5), 0..1; how far members and views disagree (n, 5).

    `embeddings` are of shape (n, 128), and (n, 0) unless they were asked for.
    """

    values: Matrix
    spread: Matrix
    embeddings: npt.NDArray[np.float32]


class Model(Protocol):
    """What judges crops of shape (SIDE, SIDE, 3)."""

    def judge(self, crops: Sequence[Pixels], *, views: int, mirrored: bool, embedded: bool) -> Traits:
        """Return the traits of each `views` crops in a row, which show one face; `embedded` who it is too."""

    def to(self, device: torch.device) -> Self:
        """Move the networks to a device, and return self."""


class LinearModel:
    """A linear head on the inner layers of small networks."""

    def __init__(self, extractor: Extractor, head: Head) -> None:
        self.extractor = extractor
        self.head = head

    @classmethod
    def load(cls, folder: Path, groups: Sequence[str] = tuple(GROUPS)) -> Self:
        """Return the model of a folder of weights, which reads these groups of figures."""
        return cls(Extractor.load(groups), Head.load(folder))

    def to(self, device: torch.device) -> Self:
        """Move the networks to a device, and return self."""
        self.extractor.to(device)
        return self

    def score(self, figures: Tensor, trait: int) -> Tensor:
        """Return one trait of figures (1, width), as torch can derive it."""
        mean, scale, weights = (
            torch.from_numpy(part).to(figures.device)
            for part in (self.head.mean, self.head.scale, self.head.weights.mean(0)[:, trait])
        )
        return ((figures[0] - mean) * scale).clamp(-FARTHEST, FARTHEST) @ weights

    def judge(self, crops: Sequence[Pixels], *, views: int, mirrored: bool, embedded: bool) -> Traits:
        """Return the traits of each `views` crops in a row, which show one face."""
        features = self.extractor.features(crops, mirrored=mirrored, embedded=embedded)
        grouped = features.views.reshape(len(crops) // views, -1, features.views.shape[-1])
        values, spread = self.head.traits(grouped)
        return Traits(values, spread, features.embeddings[::views])


class ResNetModel:
    """A user's own ResNet; the shipped network tells people apart."""

    def __init__(self, network: ResNet, extractor: Extractor) -> None:
        self.network = network
        self.extractor = extractor

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the model of a folder with a checkpoint, validated."""
        _, network = resnet.build(load_file(folder / CHECKPOINT_FILE))
        return cls(network, Extractor.load(("stages",)))

    def to(self, device: torch.device) -> Self:
        """Move the networks to a device, and return self."""
        self.network.to(device)
        self.extractor.to(device)
        return self

    def judge(self, crops: Sequence[Pixels], *, views: int, mirrored: bool, embedded: bool) -> Traits:
        """Return the traits of each `views` crops in a row, which show one face; outputs are cut to 0..1."""
        answers = np.stack([self._answers(crop, mirrored=mirrored) for crop in crops])
        each = answers.reshape(len(crops) // views, -1, resnet.OUTPUTS)
        embeddings = np.empty((len(each), 0), np.float32)
        if embedded:
            embeddings = self.extractor.features(crops[::views], mirrored=False, embedded=True).embeddings
        return Traits(np.clip(each.mean(1), 0, 1), each.std(1), embeddings)

    def _answers(self, crop: Pixels, *, mirrored: bool) -> Matrix:
        """Return a crop's answers as it is and mirrored, (1 or 2, 5)."""
        x = torch.from_numpy(crop.copy()).permute(2, 0, 1)[None].float().to(self.extractor.device)
        x = F.interpolate(x, (resnet.SIDE, resnet.SIDE), mode="bilinear", align_corners=False)
        with torch.inference_mode():
            return np.asarray(self.network(torch.cat([x, x.flip(3)]) if mirrored else x).cpu().numpy())


def load_model(folder: Path, card: Card) -> Model:
    """Return the model of a version's folder."""
    if "network" in card.data:
        return ResNetModel.load(folder)
    return LinearModel.load(folder, card.data["groups"])
