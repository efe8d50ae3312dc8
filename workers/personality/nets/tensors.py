"""Read a network's weights, some of them stored in 8 bits as their package ships them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file

if TYPE_CHECKING:
    from torch import Tensor

# a forked child hangs in its parent's second OpenMP thread (torch 2.13), so before the first tensor
torch.set_num_threads(1)

FOLDER = Path(__file__).parents[1] / "weights" / "nets"
RANGE = ".range"  # beside a tensor of 8 bits: scale and least value


def path_of(name: str) -> Path:
    """Return the file of a network's weights."""
    return FOLDER / f"{name}.safetensors"


def read(name: str) -> dict[str, Tensor]:
    """Return a network's weights as float32, by their names."""
    stored = load_file(path_of(name))
    return {key: _as_float(stored, key) for key in stored if not key.endswith(RANGE)}


def _as_float(stored: dict[str, Tensor], key: str) -> Tensor:
    """Return one tensor, out of its 8 bits where it has a range."""
    if key + RANGE not in stored:
        return stored[key].float()
    scale, least = stored[key + RANGE].tolist()
    plain: Tensor = stored[key].float() * scale + least
    return plain
