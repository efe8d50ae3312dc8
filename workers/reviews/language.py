"""Tell the language of a short text: by script, by known words, then by n-grams of bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NO_LANGUAGE = "zxx"  # ISO 639-2: signs and figures only, such as ":)" or "10/10"
KNOWN_SHARE = 0.75  # of a text's words, from which it is of that language
LIKELY_SHARE = 0.5  # enough where the general model is unsure
LONG_ENOUGH = 4  # words; below, KNOWN_SHARE alone decides
SURE = 0.8  # probability of the general model

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_LETTER = re.compile(r"[^\W\d_]")
_HANGUL_SHARE = 0.3  # Korean reviews mix in Latin names

KnownWords = Mapping[str, frozenset[int]]


def word_key(word: str) -> int:
    """Return the number a lower-case word is known by."""
    return crc32(word.encode(errors="replace"))


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case, without figures and signs."""
    return _WORD.findall(text.lower())


def known_words(arrays: Mapping[str, npt.NDArray[np.uint32]]) -> KnownWords:
    """Return sets for look-up of the stored arrays of word keys, by language."""
    return {language: frozenset(keys.tolist()) for language, keys in arrays.items()}


def base_code(language: str) -> str:
    """Return "en" of "en-GB" or "EN_us"."""
    return re.split(r"[-_]", language.strip().lower())[0]


def detect(text: str, known: KnownWords) -> str | None:
    """Return the ISO 639 code of a text's language, or None where nothing speaks for any.

    Text without a letter is NO_LANGUAGE. `known` holds the frequent words of the
    languages in Latin script that have a model.
    """
    if not text.isascii():
        hangul = len(_HANGUL.findall(text))
        if hangul and hangul >= _HANGUL_SHARE * len(_LETTER.findall(text)):
            return "ko"
    words = words_of(text)
    if not words:
        return NO_LANGUAGE
    shares = _shares(words, known)
    best = max(shares, key=shares.__getitem__, default=None)
    if best and shares[best] >= KNOWN_SHARE:
        return best
    return _by_bytes(text, best, shares.get(best or "", 0.0), len(words))


def _shares(words: Sequence[str], known: KnownWords) -> dict[str, float]:
    keys = [word_key(word) for word in words]
    return {language: sum(key in found for key in keys) / len(keys) for language, found in known.items()}


def _by_bytes(text: str, best: str | None, share: float, count: int) -> str | None:
    language, probability = _general_model().classify(text)
    if language == best or (share >= LIKELY_SHARE and probability < SURE):
        return best
    if count < LONG_ENOUGH and probability < LIKELY_SHARE:
        return None
    return str(language)


@lru_cache(maxsize=1)
def _general_model() -> Any:
    # 0.3 s and 30 MB: loaded at the first text that known words do not decide
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
