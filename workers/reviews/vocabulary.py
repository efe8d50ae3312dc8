"""Words as numbers: what is known of each is looked up once, and texts become arrays of tokens."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import numpy.typing as npt

from workers.reviews import features
from workers.reviews.checksums import Joiner

if TYPE_CHECKING:
    from workers.reviews.lexicon import Lexicon

Span = tuple[int, int]  # text[start:end]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

CONTRASTS = frozenset({"but", "however", "although", "though", "yet", "except"})
NOTHING = 0  # the form that stands before each part, and bars the way to the part before
ROOM = 1 << 16  # forms; more are learnt where one batch alone holds them
NO_BUCKET = features.BUCKETS  # of what is not there

FACTS = np.dtype(
    [
        ("word", np.int32),  # the number of the form in lower case
        ("capitals", np.bool_),
        ("head", np.uint32),  # checksum of the word and a space, which begin a pair
        ("tail", np.uint32),  # and that of the word, which ends it
        ("length", np.int32),  # in bytes
        ("turned_bucket", np.int32),  # of the feature that the word is once it is negated
        ("negator", np.bool_),
        ("sign", np.bool_),  # ends a negator's reach
        ("contrast", np.bool_),
        ("loaded", np.bool_),
        ("valence", np.float64),
        ("boost", np.float64),
        ("exclamations", np.int32),
        ("questions", np.int32),
        ("mark", np.bool_),  # of ! and ? or of full stops
        ("stop", np.bool_),  # of full stops
        ("ellipsis", np.bool_),  # of more than one
    ]
)


@dataclass(frozen=True)
class Tokens:
    """The tokens of n parts of texts, one part behind the other, each after one NOTHING.

    Attributes:
        facts: what is known of each token (m,), of FACTS.
        pairs: the buckets (m,) of each token with the one before it in its part, or NO_BUCKET.
        turned: which tokens (m,) a negator turns.
        starts: where each part begins (n,), at its NOTHING.
        counts: how many tokens each part has (n,).

    """

    facts: npt.NDArray[np.void]
    pairs: Numbers
    turned: Flags
    starts: Numbers
    counts: Numbers

    def context(self) -> Iterator[list[int]]:
        """Yield, of each part, the buckets of its pairs of neighbours, then of its turned words."""
        for start, count in zip(self.starts.tolist(), self.counts.tolist(), strict=True):
            part = slice(start + 1, start + 1 + count)
            turned_buckets = self.facts["turned_bucket"][part][self.turned[part]]
            yield [*self.pairs[part][1:].tolist(), *turned_buckets.tolist()]


class Vocabulary:
    """The words that were seen, in each form that they were written in.

    Words and forms are numbered from 1, so that a text is looked up once and then is an array. What is
    known of them is that of a language's scheme, and of its lexicon.
    """

    def __init__(self, scheme: features.Scheme, lexicon: Lexicon | None = None) -> None:
        self._scheme = scheme
        self._lexicon = lexicon
        self._words, self._forms = Numbered(), Numbered()
        self._joiner = Joiner()
        self._facts = np.zeros(ROOM, FACTS)
        self._facts[NOTHING]["sign"] = True
        self._learnt = 1

    @property
    def is_full(self) -> bool:
        """Say whether it is time for a new vocabulary."""
        return len(self._forms.strings) >= ROOM

    def words(self, start: int) -> list[str]:
        """Return the words from a number on."""
        return self._words.strings[start:]

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> Tokens:
        """Return the tokens of spans of texts, in order; of the whole texts where none are given.

        A span begins and ends at white space, a sign of its own, or an end of its text.
        """
        forms = array("q")
        ranges: list[Span] = []
        number_of = self._forms.__getitem__
        for text, wanted in zip(texts, spans or [[(0, len(text))] for text in texts], strict=True):
            written, held = tokens_within(text, wanted)
            ranges += [(len(forms) + start, len(forms) + end) for start, end in held]
            forms.extend(map(number_of, written))
        forms.append(NOTHING)
        self._learn()
        return self._parts(np.array(ranges), np.frombuffer(forms, np.int64))

    def _learn(self) -> None:
        """Look up what is known of the forms that were added."""
        end = len(self._forms.strings)
        if end > len(self._facts):
            self._facts = np.concatenate([self._facts, np.zeros(end, FACTS)])
        if added := self._forms.strings[self._learnt :]:
            self._facts[self._learnt : end] = [self._facts_of(form, form.lower()) for form in added]
            self._learnt = end

    def _facts_of(self, form: str, word: str) -> tuple[int | float | bool, ...]:
        lexicon, written = self._lexicon, word.encode(errors="replace")
        boost = lexicon.boosters.get(word) if lexicon else None
        valence = lexicon.valences.get(word) if lexicon and boost is None else None
        return (
            self._words[word],
            len(form) > 1 and form.isupper(),
            crc32(written + b" "),
            crc32(written),
            len(written),
            features.bucket("!" + word),
            features.is_negator(word, self._scheme),
            word in features.SENTENCE_SIGNS,
            word in CONTRASTS,
            valence is not None,
            valence or 0.0,
            boost or 0.0,
            word.count("!"),
            word.count("?"),
            word[0] in "!?.",
            word[0] == ".",
            ".." in word,
        )

    def _parts(self, ranges: Numbers, forms: Numbers) -> Tokens:
        """Return the parts that ranges (n, 2) of forms are; the last of the forms is NOTHING."""
        counts = ranges[:, 1] - ranges[:, 0]
        starts = np.cumsum(counts + 1) - counts - 1
        place = np.arange(counts.sum() + len(counts)) + np.repeat(ranges[:, 0] - starts - 1, counts + 1)
        place[starts] = -1
        facts = self._facts[forms[place]]
        return Tokens(facts, self._pairs(facts), turned(facts["negator"], facts["sign"]), starts, counts)

    def _pairs(self, facts: npt.NDArray[np.void]) -> Numbers:
        """Return the bucket of each word with the one before it in its part."""
        pairs = np.full(len(facts), NO_BUCKET)
        sums = self._joiner.join(facts["head"][:-1], facts["tail"][1:], facts["length"][1:])
        pairs[1:] = sums & (features.BUCKETS - 1)
        barred = facts["word"] == NOTHING
        pairs[barred] = NO_BUCKET
        pairs[1:][barred[:-1]] = NO_BUCKET
        return pairs


class Numbered(dict[str, int]):
    """Strings numbered from 1 in the order that they were first asked for; `strings` has them by number."""

    def __init__(self) -> None:
        self.strings = [""]

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self.strings)
        self.strings.append(key)
        return number


def tokens_within(text: str, spans: Sequence[Span]) -> tuple[list[str], list[Span]]:
    """Return a text's tokens as they are written, and which of them each span holds."""
    marks = sorted({0, len(text), *chain.from_iterable(spans)})
    written: list[str] = []
    before = {}
    for start, end in pairwise(marks):
        before[start] = len(written)
        written += features.tokens(text, start, end)
    before[len(text)] = len(written)
    return written, [(before[start], before[end]) for start, end in spans]


def turned(negators: Flags, signs: Flags) -> Flags:
    """Return which words a negator turns: those within its reach, up to the next sign."""
    reached = np.zeros_like(negators)
    reaching = negators
    for _ in range(features.NEGATION_REACH):
        reaching = np.concatenate([[False], reaching[:-1]]) & ~signs
        reached |= reaching
    return reached & ~negators
