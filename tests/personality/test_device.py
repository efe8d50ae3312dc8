"""DEVICE says where networks compute; a GPU is taken where it is and pays."""

from __future__ import annotations

import pytest
import torch

from workers.personality.device import MANY, chosen_device


@pytest.mark.parametrize(
    ("named", "gpus", "files", "device"),
    [
        ("auto", 0, MANY, "cpu"),
        ("auto", 1, MANY, "cuda"),
        ("auto", 1, 1, "cpu"),
        ("cuda", 1, 1, "cuda"),
        ("cpu", 1, MANY, "cpu"),
    ],
)
def test_the_device_is_the_one_that_is_named_or_pays(monkeypatch, named, gpus, files, device):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert chosen_device(named, files=files).type == device


def test_a_gpu_that_is_not_there_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ValueError, match="there is no GPU here; auto is right"):
        chosen_device("cuda")
