"""Where networks compute: on a GPU where there is one, else on the processor."""

from __future__ import annotations

import torch

MANY = 8  # pictures and clips: fewer are judged sooner than a new process has begun to use a GPU


def chosen_device(named: str, *, files: int = MANY) -> torch.device:
    """Return the device that DEVICE names; `auto` is the first GPU where it pays, else the processor.

    Asked only in the process that answers: a child cannot use a GPU that its parent has begun to use.

    Raises:
        ValueError: `cuda` is named, and there is no GPU.

    """
    has_gpu = torch.cuda.device_count() > 0  # by the driver's list: begins nothing that a fork would break
    if named == "cuda" and not has_gpu:
        raise ValueError(
            "DEVICE is cuda, and there is no GPU here; auto is right, which takes one if there is"
        )
    return torch.device(
        "cuda" if named == "cuda" or (named == "auto" and has_gpu and files >= MANY) else "cpu"
    )
