"""English phrases of negation and idiom made by rule, which rows of reviews have too few of.

The label is that of the rule: `no` before what is bad praises, `nobody was` before what is good blames.
"""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from workers.reviews.training.corpus import LABELS, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RULES = Path(__file__).with_name("phrases_en.toml")
# Phrases to test by, which are trained on in other wordings alone.
HELD_OUT = frozenset(
    """
    No complaints whatsoever
    No complaints
    Zero problems
    Not a single issue
    No issues so far
    Never had a problem
    Not rude at all
    The room wasn't dirty at all
    Couldn't be happier
    The staff could not have been nicer
    Never disappoints
    You won't regret it
    Can't go wrong
    Can't complain
    Cannot praise them highly enough
    Never a dull moment
    Nobody was helpful
    Nobody helped us
    No one was friendly
    None of the staff cared
    Nothing worked
    No help at all
    Neither clean nor comfortable
    Never again
    Not worth the money
    Could have been better
    Left a lot to be desired
    Would not recommend
    Not a fan
    Not as good as expected
    Far from clean
    Nobody answered the phone
    Worth every penny
    Not a single employee smiled
    None of the rooms had hot water
    """.strip().splitlines()
)
SEED = 20
MOST = 60  # of one rule: a rule with more fillings says nothing new
LOWER = 0.3  # share that begins without a capital
ENDS = ("", "", "", ".", ".", "!", "!!")


def rows() -> list[Row]:
    """Return the phrases, none of which is one of HELD_OUT but for case and signs."""
    content = tomllib.loads(RULES.read_text("utf-8"))
    draw = random.Random(SEED)  # noqa: S311 - a seeded choice of examples, no secret
    made: dict[str, int] = {}
    for label, rules in content["rules"].items():
        for rule in rules:
            fillings = list(_filled(rule, content["words"]))
            for text in draw.sample(fillings, min(MOST, len(fillings))):
                made.setdefault(_varied(text, draw), LABELS.index(label))
    held = {letters(text) for text in HELD_OUT}
    return [Row(text, label, "en", "phrases-en") for text, label in made.items() if letters(text) not in held]


def letters(text: str) -> str:
    """Return what two wordings of a phrase have alike: its letters and figures in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


def _filled(rule: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a rule with each choice of its words."""
    before, brace, behind = rule.partition("{")
    if not brace:
        yield rule
        return
    name, _, rest = behind.partition("}")
    for word in words[name]:
        yield from _filled(f"{before}{word}{rest}", words)


def _varied(text: str, draw: random.Random) -> str:
    """Return a phrase as people write it: with a capital or without, with a sign at its end or none."""
    shown = text if draw.random() < LOWER else text[0].upper() + text[1:]
    return shown + draw.choice(ENDS)
