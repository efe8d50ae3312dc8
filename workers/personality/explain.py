"""Which parts of a face moved a trait: Grad-CAM (Selvaraju et al. 2017) by cells (HiResCAM, Draelos 2020).

A cell of an inner map counts as its activation times the trait's gradient there: how far the trait would
move, to first order, were the cell silent. No hooks: nothing of a call stays in the shared networks.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from PIL import Image

from workers.personality.faces import TRAITS
from workers.personality.features import tight_edge
from workers.personality.nets.dlib_resnet import SIDE

if TYPE_CHECKING:
    from torch import Tensor

    from workers.personality.detect import Pixels
    from workers.personality.models import LinearModel

Heat = npt.NDArray[np.float32]

OPACITY = 0.6  # of the strongest colour


def heat_map(model: LinearModel, crop: Pixels, trait: str) -> Heat:
    """Return how much each pixel of a crop (SIDE, SIDE, 3) moved a trait, 0..1, of shape (SIDE, SIDE).

    Raises:
        ValueError: there is no such trait, or no pixel counts more than another.

    """
    if trait not in TRAITS:
        raise ValueError(f"there is no trait {trait!r}, but {', '.join(TRAITS)}")
    x = torch.from_numpy(crop.copy()).permute(2, 0, 1)[None].float().to(model.extractor.device)
    with torch.no_grad():
        maps = model.extractor.maps(x)
    with torch.enable_grad():
        inner = [each.detach().requires_grad_() for each in maps]
        figures, _ = model.extractor.figures(inner)
        gradients = torch.autograd.grad(model.score(figures, TRAITS.index(trait)), inner)
    total = torch.zeros(SIDE, SIDE)
    for index, (values, gradient) in enumerate(zip(maps, gradients, strict=True)):
        total += _spread((values * gradient).sum(1)[0].cpu(), edge=tight_edge() if index else 0)
    heat = total.abs().numpy()
    if float(heat.max()) <= float(heat.min()):
        raise ValueError("no part of the face counts more than another")
    return np.asarray(heat / heat.max(), np.float32)


def _spread(cells: Tensor, *, edge: int) -> Tensor:
    """Return cells as amounts per pixel of a crop, of which the network saw all but an edge."""
    side = SIDE - 2 * edge
    wide = F.interpolate(cells[None, None], (side, side), mode="bilinear", align_corners=False)[0, 0]
    return F.pad(wide * (cells.numel() / side**2), [edge] * 4)


def overlay(crop: Pixels, heat: Heat) -> bytes:
    """Return a PNG of a crop with its heat over it, from clear over yellow to red; no metadata."""
    share = heat[..., None] * OPACITY
    colour = np.stack([np.ones_like(heat), 1 - heat, np.zeros_like(heat)], -1) * 255
    mixed = np.clip(crop * (1 - share) + colour * share, 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(mixed).save(stream, "PNG")
    return stream.getvalue()
