"""What is negated in a Korean clause: 안 X, X-지 않다, 못 X, X-고 싶지 않다, and nouns that are 없다."""

from __future__ import annotations

import re
from typing import NamedTuple

STEM = 4  # syllables of a predicate that are looked at before its negator, and behind 안
_ANY = re.compile("[안않못없말마아불]")
# 지 + particle + 않다, 못하다, 말다, which 고 싶 may stand before; 진 and 질 are 지는 and 지를.
_LONG = re.compile(
    r"(?:고싶)?지(?:[는도가를만]|조차)?(?:않|안(?![내에])|못|말|마(?=[세시라요십]|[^가-힣]|$))|(?:고싶)?[진질]않"
)
_NOT_THERE = re.compile("없|(?<=[건게이가은는도])아[니닙님닌]")
_UNABLE = re.compile(r"(?<![잘지])(?<!지[는도가를만])못(?=[하해했합함한할])")
# 안 and 못 that are negators: not within 편안, 안내, 안전, 안에, 잘못.
_SHORT = re.compile(
    r"(?<![편불미제방대평치보집초원답정위지동])(?<!지[는도가를만])안"
    r"(?![내전심녕정경주쪽락타과개방색양성구티마에으의팎목목감])(?=[가-힣])"
    r"|(?<![잘지])(?<!지[는도가를만])못(?![지난생된하해했합함한할])(?=[가-힣])"
    r"|(?<![지진질])(?<!지[는도가를만])않(?=[가-힣])"
    r"|불(?=친절|성실|공정|공평|완전|충분|확실|만족|쾌|합리|균형|량|투명)"  # a prefix that negates
)
# Adverbs that stand between a noun and 없다.
_ADVERB = re.compile(
    "(?:하나도|전혀|거의|별로|딱히|아예|그다지|조금도|절대로?|아무것도|도무지|많이|정말|진짜)$"
)
_DOING = re.compile("[하해했합함할]")  # 추천 안 해요 negates its noun
_PARTICLES = "이가은는도을를의만에로"
_NOUNS = "데게점곳수것거건적일"  # that say nothing without what stands before them
_TAILS = "하되"


class Negated(NamedTuple):
    """A part of the stream, letters[start:end], and how many negators its clause has."""

    start: int
    end: int
    amount: int


def negated(letters: str, clauses: list[tuple[int, int]]) -> list[Negated]:
    """Return what is negated in each clause, in order."""
    if not _ANY.search(letters):
        return []
    marks: list[Negated] = []
    for start, end in clauses:
        parts = _parts(letters, start, end)
        marks += [Negated(first, last, len(parts)) for first, last in parts]
    return marks


def _parts(letters: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the parts of one clause that are negated, in order and apart."""
    long = [each.start() for each in _LONG.finditer(letters, start, end)]
    unable = [each.start() for each in _UNABLE.finditer(letters, start, end)]
    nothing = [each.start() for each in _NOT_THERE.finditer(letters, start, end)]
    short = [each.end() for each in _SHORT.finditer(letters, start, end)]
    marks = [(at, _before(letters, start, at)) for at in long]
    marks += [(at, _noun(letters, start, at)) for at in (*unable, *nothing)]
    marks += [(at, _behind(letters, start, at, end)) for at in short]
    return _apart(sorted(marks))


def _apart(marks: list[tuple[int, tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return the parts of marks in order, none reaching into the one before."""
    parts: list[tuple[int, int]] = []
    for _, (first, last) in marks:
        begin = max(first, parts[-1][1]) if parts else first
        parts.append((min(begin, last), last) if begin < last else (last, last))
    return parts


def _before(letters: str, start: int, end: int) -> tuple[int, int]:
    """Return the stem that ends before `end`: up to a particle, which belongs to what stands before it."""
    if end - start > 1 and letters[end - 1] in _TAILS:
        end -= 1
    first = end - 1
    while first > max(start, end - STEM) and letters[first - 1] not in _PARTICLES:
        first -= 1
    return max(first, start), end


def _noun(letters: str, start: int, end: int) -> tuple[int, int]:
    """Return the noun before `end`, without its particle; with the words before a noun that says nothing."""
    adverb = _ADVERB.search(letters, start, end)
    if adverb and adverb.start() > start:
        end = adverb.start()
    if end - start > 1 and letters[end - 1] in _PARTICLES:
        end -= 1
    if end > start and letters[end - 1] in _NOUNS:
        return max(start, end - STEM), end
    return _before(letters, start, end)


def _behind(letters: str, start: int, end: int, last: int) -> tuple[int, int]:
    """Return what 안 or 못 turns: the predicate behind it, or the noun before 안 하다."""
    if _DOING.match(letters, end) and end - 1 > start:
        return _noun(letters, start, end - 1)
    return end, min(end + STEM, last)
