"""The fine-tuned MiniLM as it is shipped: four-bit differences from the published weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from workers.reviews import minilm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

    from workers.reviews.vocabulary import Span

GROUP = 32  # neighbouring numbers that share a scale
LEVELS = 7  # a difference is -7..7 times its group's scale
PACKED, SCALES, TEMPERATURE = ".packed", ".scales", "temperature"


def packed(difference: Tensor) -> tuple[Tensor, Tensor]:
    """Return a matrix as two four-bit numbers per byte, and a float16 scale per group."""
    groups = difference.float().reshape(-1, GROUP)
    scales = (groups.abs().amax(1) / LEVELS).clamp_min(1e-7).half()
    levels = (groups / scales.float()[:, None]).round().clamp(-LEVELS, LEVELS).to(torch.int8) + 8
    pairs = levels.reshape(-1, 2).to(torch.uint8)
    return pairs[:, 0] | (pairs[:, 1] << 4), scales


def unpacked(pairs: Tensor, scales: Tensor, shape: Sequence[int]) -> Tensor:
    """Return the matrix that `packed` was made from, to four bits."""
    levels = torch.stack([pairs & 15, pairs >> 4], dim=1).reshape(-1, GROUP).float() - 8
    return (levels * scales.float()[:, None]).reshape(list(shape))


def save(model: minilm.MiniLM, path: Path, *, temperature: float) -> None:
    """Write what a fine-tuned model adds to the base: matrices in four bits, the rest in float16."""
    base = minilm.base_weights()
    tensors = {TEMPERATURE: torch.tensor([temperature])}
    for name, tensor in model.state_dict().items():
        if name.startswith("layers.") and tensor.dim() > 1:
            tensors[name + PACKED], tensors[name + SCALES] = packed(tensor - base[name])
        elif name.startswith("layers."):
            tensors[name] = (tensor - base[name]).half()
        elif name.startswith("head."):
            tensors[name] = tensor.half()
    save_file(tensors, path)
    path.chmod(0o644)  # safetensors writes for its owner alone


def restored(saved: Mapping[str, Tensor]) -> minilm.MiniLM:
    """Return the base with the saved differences added."""
    model = minilm.load_base()
    state = model.state_dict()
    for name, held in saved.items():
        if name.endswith(PACKED):
            target = name.removesuffix(PACKED)
            state[target] += unpacked(held, saved[target + SCALES], state[target].shape)
        elif name.startswith("head."):
            state[name].copy_(held)
        elif name in state:
            state[name] += held
    return model.eval()


@dataclass(frozen=True)
class FineTuned:
    """Class shares by the fine-tuned encoder, in float32 on one thread."""

    model: minilm.MiniLM
    tokenizer: Tokenizer
    temperature: float

    @classmethod
    def load(cls, path: Path) -> FineTuned:
        """Return the model of a file of differences."""
        torch.set_num_threads(1)  # a forked child hangs in a parent's second OpenMP thread
        saved = load_file(path)
        return cls(restored(saved), minilm.load_tokenizer(), float(saved[TEMPERATURE]))

    def probabilities(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None
    ) -> npt.NDArray[np.float32]:
        """Return class shares (n, 3) of texts, or of spans of them, in the order of LABELS."""
        if spans is not None:
            texts = [text[a:b] for text, parts in zip(texts, spans, strict=True) for a, b in parts]
        # one by one: encode_batch starts threads, which a forked child must not inherit
        ids = [self.tokenizer.encode(_whole(text)).ids for text in texts]
        logits = minilm.logits_of(self.model, ids) / self.temperature
        shares: npt.NDArray[np.float32] = logits.softmax(1).numpy()
        return shares


def _whole(text: str) -> str:
    # half a surrogate pair, which JSON lets through, is no text to the tokenizer
    return text.encode(errors="replace").decode()
