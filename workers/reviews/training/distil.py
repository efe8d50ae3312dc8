"""Texts for the teacher to label, so that the small model learns what the large one knows."""

from __future__ import annotations

import hashlib
import logging
import random
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from workers.reviews import features, lexicon, minilm
from workers.reviews.training import corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

SEED = 20
SPANS_PER_ROW = 3
SPAN_WORDS = (3, 8)
FREQUENT_PAIRS = 60_000
SHORTEST_WORD = 3  # letters; shorter word pieces are fragments
STRONG = 2.0  # valence of a sign that leaves hardly a doubt
WEAK = 0.5  # valence of a rating in the middle
FIVE = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
BLOCK = 10_000  # texts labelled between two checkpoints

_END = re.compile(r"(?<=[.!?…。])\s+")


def sentences(text: str) -> list[str]:
    """Return a text's sentences, cut behind . ! ? and a space."""
    return [part for part in _END.split(text) if part]


def spans(texts: Iterable[str]) -> list[str]:
    """Return random runs of three to eight words of each text."""
    draw = random.Random(SEED)  # noqa: S311 - a seeded choice of examples, no secret
    runs = []
    for text in texts:
        words = text.split()
        for _ in range(SPANS_PER_ROW if len(words) > SPAN_WORDS[1] else 0):
            size = draw.randint(*SPAN_WORDS)
            start = draw.randint(0, len(words) - size)
            runs.append(" ".join(words[start : start + size]))
    return runs


def vocabulary(texts: Iterable[str]) -> list[str]:
    """Return the words of the texts, and pairs of words that stand together most often."""
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        lower = [word for word in map(str.lower, features.tokens(text)) if word[0].isalnum()]
        words.update(lower)
        pairs.update(f"{a} {b}" for a, b in pairwise(lower))
    return [*words, *(pair for pair, _ in pairs.most_common(FREQUENT_PAIRS))]


def known_words(words: lexicon.Lexicon) -> list[str]:
    """Return words that the training rows may lack: the lexicon's and the teacher's whole ones."""
    pieces = sorted(minilm.load_tokenizer().get_vocab())
    whole = [word for word in pieces if word.isascii() and word.isalpha() and len(word) >= SHORTEST_WORD]
    loaded = [word for word in sorted(words.valences) if word[0].isalnum()]
    return [*loaded, *whole, *(f"not {word}" for word in loaded)]


def signs(words: lexicon.Lexicon) -> tuple[list[str], Tensor]:
    """Return emoticons, emojis and ratings, which the teacher cannot read, and their shares (n, 3)."""
    listed = [word for word in sorted(words.valences) if not word[0].isalnum()]
    valences = [words.valences[word] for word in listed]
    for text, share in ratings().items():
        listed.append(text)
        valences.append(2 * STRONG * (share - 0.5))
    return listed, _shares_of(torch.tensor(valences))


def ratings() -> dict[str, float]:
    """Return ratings in words and digits, each with its share of the best one, 0..1."""
    stars = {f"{amount} star{'s' * (n > 1)}": (n - 1) / 4 for n, word in FIVE.items() for amount in (n, word)}
    of_five = {f"{n}{of}5": (n - 1) / 4 for n in FIVE for of in ("/", " out of ")}
    of_ten = {f"{n}{of}10": (n - 1) / 9 for n in range(1, 11) for of in ("/", " out of ")}
    return {**stars, **of_five, **of_ten}


def _shares_of(valences: Tensor) -> Tensor:
    """Return class shares (n, 3) of valences (n,); those near 0 are neutral."""
    strength = (valences.abs() / STRONG).clamp_max(1.0)
    polar = 0.5 + 0.45 * strength
    neutral = (1 - polar) * 0.8
    against = 1 - polar - neutral
    good = valences > 0
    shares = [torch.where(good, against, polar), neutral, torch.where(good, polar, against)]
    weak = (valences.abs() < WEAK).unsqueeze(1)
    return torch.where(weak, torch.tensor([0.15, 0.7, 0.15]), torch.stack(shares, dim=1))


def transfer_texts(rows: Sequence[corpus.Row], words: lexicon.Lexicon) -> list[str]:
    """Return every text for the teacher to label: the rows first, in order, then the others once each."""
    texts = [row.text for row in rows]
    seen = set(texts)
    parts = [part for text in texts for part in sentences(text)]
    extra = [*parts, *spans(texts), *vocabulary(texts), *known_words(words)]
    return texts + list(dict.fromkeys(text for text in extra if text not in seen))


def labels(model: minilm.MiniLM, texts: Sequence[str], cache: Path) -> Tensor:
    """Return the teacher's logits (n, 3); blocks that this teacher has labelled are read back."""
    tokenizer = minilm.load_tokenizer()
    teacher_digest = hashlib.sha256(model.head.weight.detach().numpy().tobytes()).hexdigest()
    cache.mkdir(parents=True, exist_ok=True)
    blocks = []
    for start in range(0, len(texts), BLOCK):
        block = list(texts[start : start + BLOCK])
        digest = hashlib.sha256("\n".join([teacher_digest, *block]).encode()).hexdigest()[:16]
        path = cache / f"labels-{digest}.safetensors"
        if not path.is_file():
            ids = [encoding.ids for encoding in tokenizer.encode_batch(block)]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                save_file({"logits": minilm.logits_of(model, ids)}, path)
            log.info("labelled %d of %d texts", start + len(block), len(texts))
        blocks.append(load_file(path)["logits"])
    return torch.cat(blocks)
