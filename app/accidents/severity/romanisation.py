"""Korean words in Latin letters, by the Revised Romanisation of Korean (2000)."""
# ruff: noqa: SIM905 - long tables of words read better as words

from __future__ import annotations

# Initials, vowels, finals alone, finals before a vowel;
# "-" is the silent letter.
_INITIALS = tuple("g kk n d tt r m b pp s ss - j jj ch k t p h".split())
_VOWELS = tuple("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split())
_FINALS = ("", *"k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split())
_LIAISON = ("", *"g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p".split(), "")
_ASSIMILATED = dict(
    pair.split(">")
    for pair in "kn>ngn km>ngm kr>ngn pn>mn pm>mm pr>mn tn>nn tm>nm nr>ll lr>ll ln>ll mr>mn ngr>ngn".split()
)


def romanised(word: str, *, exact: bool = True) -> str:
    """Return a Korean word in Revised Romanisation, lower case, without hyphens.

    `exact` applies the sound changes (읍내 eumnae); without it every letter keeps its own
    (eupnae), as people also type it.
    """
    out, final = "", 0
    for char in word:
        initial, vowel, following = _letters(char)
        out += _joined(final, initial, exact=exact) + vowel
        final = following
    return out + _FINALS[final]


def _joined(final: int, initial: str, *, exact: bool) -> str:
    """Return one syllable's final consonant and the next one's initial as they sound together."""
    if initial == "-":
        return _LIAISON[final]
    both = _FINALS[final] + initial
    return _ASSIMILATED.get(both, both) if exact else both


def _letters(char: str) -> tuple[str, str, int]:
    """Return a syllable's initial and vowel in Latin letters and its final's number."""
    number = ord(char) - 0xAC00  # the Hangul Syllables block: 19 x 21 x 28, Unicode 3.12
    if not 0 <= number < 19 * 21 * 28:
        return char, "", 0
    return _INITIALS[number // 588], _VOWELS[number % 588 // 28], number % 28
