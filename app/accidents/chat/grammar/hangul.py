"""Hangul syllables and their letters, and how far two spellings lie apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS: tuple[str, ...] = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST, _LAST = 0xAC00, 0xD7A3  # the Hangul Syllables block: 19 x 21 x 28, Unicode 3.12
_LOOSE = re.compile(f"([{_INITIALS}])([{_VOWELS}])([{_INITIALS}](?![{_VOWELS}]))?")


def is_hangul(char: str) -> bool:
    """Tell whether a character is a whole Hangul syllable."""
    return _FIRST <= ord(char) <= _LAST


def letters(text: str) -> str:
    """Return a text with every syllable taken apart: 달서 is ㄷㅏㄹㅅㅓ."""
    return "".join(_apart(char) for char in text)


@lru_cache(maxsize=_LAST - _FIRST)
def _apart(char: str) -> str:
    """Return one syllable's letters, any other character as it is."""
    if not is_hangul(char):
        return char
    number = ord(char) - _FIRST
    return _INITIALS[number // 588] + _VOWELS[number % 588 // 28] + _FINALS[number % 28]


def composed(text: str) -> str:
    """Return a text in NFC whose loose letters are put together: 달ㅅㅓ구 is 달서구."""
    return _LOOSE.sub(_together, unicodedata.normalize("NFC", text))


def _together(match: re.Match[str]) -> str:
    """Return the syllable of an initial, a vowel and maybe a final."""
    initial, vowel, final = match.group(1), match.group(2), match.group(3) or ""
    tail = _FINALS.index(final) if final in _FINALS else 0
    return chr(_FIRST + _INITIALS.index(initial) * 588 + _VOWELS.index(vowel) * 28 + tail)


def distance(left: str, right: str, *, limit: int) -> int:
    """Return the edits between two texts (insert, delete, replace, swap), or limit + 1 if there are more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
