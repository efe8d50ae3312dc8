"""Words that are misspelt: the name that lies one letter away, if it is the only one."""

from __future__ import annotations

import re
from dataclasses import replace

from app.accidents.chat.grammar.hangul import distance, is_hangul, letters
from app.accidents.chat.grammar.items import Items
from app.accidents.chat.grammar.korean import is_particle
from app.accidents.chat.grammar.lexicon import terms
from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.senses import (
    ColumnSense,
    Mark,
    ParticleSense,
    Rank,
    Sense,
    UnknownSense,
    ValueSense,
)
from app.accidents.chat.grammar.text import Text, squeezed
from app.accidents.chat.grammar.vocabulary import Vocabulary

_SHORTEST = 5  # letters from which on one may be wrong
_LONGEST = 40  # letters of a name that is worth suggesting; longer cells are sentences
_SOUNDS = (
    (r"ch", "c"),
    (r"[kq]|ck", "c"),
    (r"[sz]", "j"),
    (r"ph", "p"),
    (r"[fv]", "p"),
    (r"[lr]", "l"),
    (r"[dt]", "t"),
    (r"[gc]", "c"),
    (r"b", "p"),
)


def mended(marks: list[Mark], words: Vocabulary) -> tuple[list[Mark], list[tuple[str, str]]]:
    """Return the marks with misspelt names put right, and pairs of what was written and what is meant."""
    out: list[Mark] = []
    named: list[tuple[str, str]] = []
    for mark in marks:
        if not any(isinstance(sense, UnknownSense) for sense in mark.senses):
            out.append(mark)
            continue
        meant = _meant(mark, words)
        out += meant[0] if meant else [mark]
        named += [(meant[1], meant[2])] if meant else []
    return out, named


def _meant(mark: Mark, words: Vocabulary) -> tuple[list[Mark], str, str] | None:
    """Return a misspelt word's mark as what is meant, with the particle behind it."""
    for end in range(len(mark.text), 0, -1):
        stem, rest = mark.text[:end], mark.text[end:]
        if rest and not is_particle(rest):
            continue
        senses = nearest(stem, words)
        if senses:
            label = _label(senses[0])
            fixed = replace(mark, text=stem, end=mark.start + len(squeezed(stem)), senses=tuple(senses))
            tail = [Mark(fixed.end, mark.end, rest, (ParticleSense(rest),), joined=True)] if rest else []
            return [fixed, *tail], stem, label
    return None


def unsure(items: Items, text: Text, words: Vocabulary) -> Open | None:
    """Return what is asked back where a value of one syllable with a particle may be another one misspelt: 서을."""
    for item in items:
        if not item.values or len(item.mark.text) != 1 or not item.particle or not is_hangul(item.mark.text):
            continue
        end = item.mark.end + len(item.particle)
        written = text.chars[item.mark.start : end]
        if written != item.mark.text + item.particle or not text.boundary(end):
            continue
        key = letters(written)
        near = {
            _label(sense)
            for spelling, senses in words.spellings.items()
            if abs(len(spelling) - len(key)) <= 1 and distance(spelling, key, limit=1) <= 1
            for sense in senses
            if isinstance(sense, ValueSense)
        } - {sense.label for sense in item.values}
        if near:
            return Open(Why.UNKNOWN_WORD, written, options=(*sorted(near), item.values[0].label)[:3])
    return None


def _label(sense: Sense) -> str:
    return (
        sense.label
        if isinstance(sense, ValueSense)
        else sense.field.column
        if isinstance(sense, ColumnSense)
        else ""
    )


def nearest(word: str, words: Vocabulary) -> list[Sense]:
    """Return the senses of the one spelling that lies a letter away; none where it is a word of its own."""
    key = letters(squeezed(word))
    if len(key) < _SHORTEST or word in terms():
        return []
    near = [
        senses
        for spelling, senses in words.spellings.items()
        if abs(len(spelling) - len(key)) <= 1 and distance(spelling, key, limit=1) <= 1
    ]
    targets = {(_label(sense), _field(sense)) for senses in near for sense in senses}
    if len(targets) != 1:
        return _sounding(word, words) if not near else []
    return [_near(sense) for sense in near[0]][:1]


def _near(sense: Sense) -> Sense:
    return replace(sense, rank=Rank.NEAR) if isinstance(sense, ValueSense | ColumnSense) else sense


def _field(sense: Sense) -> str:
    return sense.field.column if isinstance(sense, ValueSense | ColumnSense) else ""


def _sounding(word: str, words: Vocabulary) -> list[Sense]:
    """Return the one value that sounds like a word in the other script: croissant is 크루아상."""
    if not word.isascii() or len(word) < 6:
        return []
    sound = skeleton(word)
    if len(sound) < 3:
        return []
    hits = {
        (sense.label, sense.field.column): sense
        for key, senses in words.spellings.items()
        for sense in senses
        if isinstance(sense, ValueSense)
        and any(map(is_hangul, sense.label))
        and key.isascii()
        and skeleton(key) == sound
    }
    return [_near(next(iter(hits.values())))] if len(hits) == 1 else []


def skeleton(word: str) -> str:
    """Return the consonants of a Latin word, those that Korean does not tell apart made one."""
    text = re.sub(r"[^a-z]", "", word.casefold())
    for pattern, sound in _SOUNDS:
        text = re.sub(pattern, sound, text)
    text = re.sub(r"[aeiouwyh]", "", text)
    return re.sub(r"(.)\1+", r"\1", text)


def suggestions(word: str, words: Vocabulary, *, column: str = "", most: int = 3) -> tuple[str, ...]:
    """Return names of the table that look most like a word, the likest first."""
    key = letters(squeezed(word))
    scored: dict[str, float] = {}
    for spelling, senses in words.spellings.items():
        for sense in senses:
            label, field = _label(sense), _field(sense)
            if (column and field != column) or len(label) > _LONGEST:
                continue
            score = distance(spelling, key, limit=12) - 3 * _shared(spelling, key)
            scored[label] = min(scored.get(label, 99.0), score / max(len(key), len(spelling)))
    ranked = sorted(scored.items(), key=lambda pair: (pair[1], pair[0]))
    return tuple(label for label, score in ranked[:most] if column or score < 0.6)


def _shared(left: str, right: str) -> int:
    """Return the length of the longest beginning that two spellings share."""
    return next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
