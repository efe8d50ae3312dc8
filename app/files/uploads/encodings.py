"""Tell in which encoding a text is written, and whether it is one; for whoever receives or reads it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MIN_ZEROS = 0.3  # share of zero bytes at every second place that only UTF-16 has
MAX_CONTROLS = 0.01  # share of control characters that a text may hold; random bytes have a tenth
SHORT_CHARACTERS = 32  # a text of so many may hold one, though it is a larger share
MAX_DAMAGED = 0.1  # share of bytes outside the encoding that a text may hold

# The encodings that a caller may name, by Python's names.
NAMED = (
    *("utf-8", "utf-16", "cp949", "euc-kr", "cp1252", "iso-8859-1", "iso-8859-15", "cp1250", "cp1251"),
    *("koi8-r", "gbk", "gb18030", "big5", "shift_jis", "cp932", "euc-jp"),
)
# 81 % of the syllables of Korean comments (NSMC and KOTE, counted); of other languages' bytes read as
# CP949 at most 15 % were.
_COMMON = frozenset(
    "가각간감같개거건걸것게겠결고공과관구국그금기긴까나난남내냥너네년노느는니다단당대더던데도독동되두드든"
    "들듯디때라람랑래러런렇레려력로루르를름리마막만많말망매면명모못무문물뭐미밌바반배버번별보본볼봐봤부분"
    "비사살상생서선성세소속수스습시신실심싶쓰아악안않알았애야어없었에여역연였영예오와왜요용우운원위유으은"
    "을음의이인일임입있자작잘장재저적전점정제조좀좋주준중지진짜처체최치코타터토트편평포하한할함해했현화히"
)
LEAST_COMMON = 0.35
MOST_CLUSTERED = 0.3  # share of letters beyond ASCII that stand three together: hardly any in the West
MOST_BEYOND = 0.5  # of letters beyond ASCII to one within: a fifth is much in the West
_CLUSTER = re.compile(r"[^\x00-\x7f]{3,}")
_LATIN = re.compile("[A-Za-z]")

ESCAPED = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte it cannot decode
_HANGUL = re.compile("[\uac00-\ud7a3]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")

Blocks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class _Counts:
    """Characters of a decoded text: outside ASCII, Hangul, and bytes that did not decode."""

    other: int
    hangul: int
    escaped: int


def sniff_encoding(blocks: Blocks) -> str:
    """Return the encoding that bytes are written in; they are read at most three times, in blocks.

    UTF-8 with a few broken bytes is UTF-8 still: decode it with `damage_of` its encoding, and
    ESCAPED tells where they stand.
    """
    head = next(iter(blocks()), b"")
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if without_mark := _utf16_without_mark(head):
        return without_mark
    utf8 = _counts(blocks(), "utf-8")
    if not utf8.escaped:
        return "utf-8"
    korean = _counts(blocks(), "cp949")
    if korean.hangul > korean.other / 2 and korean.hangul > 3 * korean.escaped:
        return "cp949"
    return "utf-8" if utf8.other > utf8.escaped else "cp1252"


def why_implausible(text: str, encoding: str) -> str | None:
    """Return why a text is hardly of an encoding that was guessed; None where nothing speaks against it."""
    if encoding == "cp949":
        syllables = _HANGUL.findall(text)
        common = sum(each in _COMMON for each in syllables)
        if common < LEAST_COMMON * len(syllables):
            return "read as CP949, its syllables make no Korean"
    if encoding == "cp1252":
        beyond, clustered = len(_NOT_ASCII.findall(text)), sum(map(len, _CLUSTER.findall(text)))
        if clustered > MOST_CLUSTERED * beyond or beyond > MOST_BEYOND * len(_LATIN.findall(text)):
            return "read as Windows-1252, its letters make no words"
    return None


def damage_of(encoding: str) -> str:
    """Return how bytes outside an encoding are decoded; half a UTF-16 unit cannot be escaped as a byte."""
    return "replace" if encoding.startswith("utf-16") else "surrogateescape"


def decode(head: bytes, *, cut: bool) -> str:
    """Return the beginning of what may be a text, damaged bytes escaped; a cut last character is left out."""
    encoding = sniff_encoding(lambda: (head,))
    return codecs.getincrementaldecoder(encoding)(damage_of(encoding)).decode(head, final=not cut)


def is_clean(text: str) -> bool:
    """Say whether every byte of a decoded text means something in a text."""
    return not (_CONTROL.search(text) or ESCAPED.search(text))


def is_text(text: str) -> bool:
    """Say whether what was decoded is a text, if perhaps a damaged one."""
    damaged, controls = len(ESCAPED.findall(text)), len(_CONTROL.findall(text))
    one = 1 if len(text) >= SHORT_CHARACTERS else 0
    return controls <= max(one, MAX_CONTROLS * len(text)) and damaged <= MAX_DAMAGED * len(text)


def why_binary(head: bytes) -> str:
    """Return what in the beginning of a file is not of a text, and where; bytes count from 0."""
    controls = _CONTROL_BYTE.findall(head)
    if not controls:
        return "too many of its bytes fit none of UTF-8, UTF-16, CP949 and Windows-1252"
    first = f"the first is {controls[0][0]:#04x} at byte {head.index(controls[0])}"
    return f"{len(controls)} of its first {len(head)} bytes are control characters, {first}"


def _counts(blocks: Iterable[bytes], encoding: str) -> _Counts:
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    other = hangul = escaped = 0
    for block in blocks:
        text = decoder.decode(block)
        other += len(_NOT_ASCII.findall(text))
        hangul += len(_HANGUL.findall(text))
        escaped += len(ESCAPED.findall(text))
    return _Counts(other - escaped, hangul, escaped)


def _utf16_without_mark(head: bytes) -> str | None:
    half = len(head) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if half and head[first::2].count(0) > MIN_ZEROS * half:
            return encoding
    return None
