"""Where networks compute: on a GPU where there is one, else on the processor."""

from __future__ import annotations

import torch

from app.config import Settings


def chosen_device() -> torch.device:
    """Return the device that DEVICE names; `auto` is the first GPU, or the processor where there is none.

    Asked only in the process that answers: a child cannot use a GPU that its parent has begun to use.
    """
    named = Settings.read().device
    if named == "auto":
        named = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(named)
