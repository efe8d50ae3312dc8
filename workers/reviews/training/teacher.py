"""Fine-tune MiniLM on the English rows, with a checkpoint every few hundred steps."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor, nn

from workers.reviews import minilm
from workers.reviews.training import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

BATCH = 32
ENCODER_RATE, HEAD_RATE = 5e-5, 1e-3
WARM_UP = 0.06  # share of all steps
SMOOTHING = 0.05
CHECKPOINT_STEPS = 100
POOL = 50  # batches that are sorted by length together


@dataclass(frozen=True)
class Run:
    """One fine-tuning: its seed, the seed of its order, and how many rows a source may give."""

    seed: int
    order: int
    epochs: int
    rows_per_source: int
    exceptions: Mapping[str, int] = field(default_factory=dict)


# Runs of one base whose weights are averaged: better than any of them and as good as
# their ensemble (Wortsman et al. 2022, "Model soups"; measured on the validation part).
RUNS = (
    Run(20, order=20, epochs=2, rows_per_source=4500, exceptions={"vader-movie": 6700, "goemotions": 6000}),
    Run(21, order=2100, epochs=2, rows_per_source=7000),
)


@dataclass(frozen=True)
class Examples:
    """Tokenized rows: ids per row, and labels (n,)."""

    token_ids: list[list[int]]
    labels: Tensor


def tokenized(rows: Sequence[corpus.Row]) -> Examples:
    """Return the rows as word-piece ids and label indexes."""
    encoded = minilm.load_tokenizer().encode_batch([row.text for row in rows])
    return Examples([e.ids for e in encoded], torch.tensor([row.label for row in rows]))


def batches(lengths: Sequence[int], seed: int) -> list[list[int]]:
    """Return row indexes in batches of like length, shuffled by the seed."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(lengths), generator=generator).tolist()
    made = []
    for start in range(0, len(order), POOL * BATCH):
        pool = sorted(order[start : start + POOL * BATCH], key=lambda i: lengths[i])
        made += [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
    shuffled = torch.randperm(len(made), generator=generator).tolist()
    return [made[i] for i in shuffled]


def rate_at(step: int, total: int) -> float:
    """Return the learning rate's factor: linear warm-up, then linear decay to 0."""
    warm = max(1, int(total * WARM_UP))
    return min((step + 1) / warm, (total - step) / max(1, total - warm))


def class_weights(labels: Tensor) -> Tensor:
    """Return square-root inverse frequencies (3,), of mean 1 over the rows."""
    share = torch.bincount(labels, minlength=3).float() / len(labels)
    weights = share.clamp_min(1e-6).rsqrt()
    return weights / (weights * share).sum()


def optimizer(
    model: minilm.MiniLM, encoder_rate: float = ENCODER_RATE, head_rate: float = HEAD_RATE
) -> torch.optim.Optimizer:
    """Return AdamW for the layers and the head; the embeddings stay."""
    head = list(model.head.parameters())
    encoder = list(model.layers.parameters())
    groups = [{"params": encoder, "lr": encoder_rate}, {"params": head, "lr": head_rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _save(path: Path, step: int, model: nn.Module, adam: torch.optim.Optimizer) -> None:
    state = {"step": step, "model": model.state_dict(), "optimizer": adam.state_dict()}
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def _remaining(examples: Examples, run: Run, start: int) -> Iterator[tuple[int, list[int]]]:
    lengths = [len(ids) for ids in examples.token_ids]
    plan = [batch for epoch in range(run.epochs) for batch in batches(lengths, run.order + epoch)]
    yield from list(enumerate(plan))[start:]


def _step(model: minilm.MiniLM, examples: Examples, chosen: list[int], weights: Tensor) -> Tensor:
    ids = minilm.padded([examples.token_ids[i] for i in chosen])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(ids)
    return F.cross_entropy(logits.float(), examples.labels[chosen], weights, label_smoothing=SMOOTHING)


def fine_tune(rows: Sequence[corpus.Row], cache: Path, run: Run) -> minilm.MiniLM:
    """Return the fine-tuned model; an interrupted run goes on from its checkpoint."""
    cache.mkdir(parents=True, exist_ok=True)
    checkpoint = cache / f"teacher-{run.seed}.pt"
    torch.manual_seed(run.seed)
    model = minilm.load_base()
    adam = optimizer(model)
    start = 0
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        adam.load_state_dict(state["optimizer"])
        start = state["step"]
    examples = tokenized(corpus.capped(rows, run.rows_per_source, exceptions=run.exceptions))
    weights = class_weights(examples.labels)
    total = run.epochs * len(batches([len(ids) for ids in examples.token_ids], 0))
    model.train()
    for step, chosen in _remaining(examples, run, start):
        factor = rate_at(step, total)
        for group, rate in zip(adam.param_groups, (ENCODER_RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * factor
        adam.zero_grad()
        loss = _step(model, examples, chosen, weights)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.layers.parameters(), 1.0)
        adam.step()
        if (step + 1) % CHECKPOINT_STEPS == 0 or step + 1 == total:
            _save(checkpoint, step + 1, model, adam)
            log.info("teacher %d: step %d of %d, loss %.3f", run.seed, step + 1, total, loss.item())
    return model.eval()


def averaged(models: Sequence[minilm.MiniLM]) -> minilm.MiniLM:
    """Return a model whose every weight is the mean of those of the models."""
    states = [model.state_dict() for model in models]
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    model = minilm.MiniLM()
    model.load_state_dict(mean)
    return model.eval()


def teach(rows: Sequence[corpus.Row], cache: Path) -> minilm.MiniLM:
    """Return the average of all runs' models; finished runs are read back."""
    return averaged([fine_tune(rows, cache, run) for run in RUNS])
