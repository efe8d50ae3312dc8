"""What the columns of a data set may be called: its names, their parts, and words that mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from app.accidents.chat.grammar.lexicon import Term, function_words, terms
from app.accidents.chat.grammar.senses import Rank
from app.accidents.chat.grammar.text import squeezed
from app.accidents.datasets.profile import Column

_MOST_COMBINATIONS = 60
_SPLIT = re.compile(r"[\s_\-/·.]+|(?<=[a-z])(?=[A-Z])|(?<=[가-힣])(?=[A-Za-z])")
_BRACKET = re.compile(r"(?<!\s)\s*[(\[{（]([^()\[\]{}（）]+)[)\]}）]\s*$")
# What is no part of a thing's name: the longest first.
_ENDINGS = (
    "신고자수 자수 건수 대수 일수 인원수 수량 수 량 액 번호 코드 일자 일시 여부 유무 유형 종류 구분 상태 형태 명 값 "
    "율 률 별 시각 시간 날짜 일"
).split()
_HEADS = {"num", "n", "no", "nr", "number", "is", "has", "total", "count", "cnt", "flag"}
_TAILS = {
    "count", "cnt", "no", "nr", "id", "name", "at", "on", "date", "code", "yn", "flag", "num", "number", "time", "type",
    "datetime", "dt", "ts", "key", "ind",
}  # fmt: skip
UNITS = {
    "km": "km", "m": "m", "cm": "cm", "mm": "mm", "kg": "kg", "g": "g", "t": "t", "min": "min", "mins": "min", "minutes": "min",
    "minute": "min", "분": "min", "초": "s", "sec": "s", "seconds": "s", "hours": "h", "hour": "h", "hrs": "h", "시간": "h", "원": "KRW",
    "krw": "KRW", "won": "KRW", "천원": "1000 KRW", "만원": "10000 KRW", "백만원": "1000000 KRW", "억원": "100000000 KRW", "usd": "USD",
    "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "percent": "%", "pct": "%", "%": "%", "℃": "°C", "celsius": "°C", "mile": "mi", "miles": "mi",
    "미터": "m", "킬로미터": "km", "days": "d", "일": "d", "years": "y", "년": "y", "l": "l", "ml": "ml", "명": "persons", "건": "cases",
}  # fmt: skip
COUNTED = re.compile(
    r"(?:자수|명|인원|인원수|건수|횟수|대수|수)$|^(?:n|num|no_of|number_of|count)_|_(?:count|cnt)$"
)
ADDED = re.compile(
    r"amount|total|sales|revenue|qty|quantity|units|cost|fee|spend|paid|profit|금액|매출|수량|판매량|건수|합계|비용|요금|인원"
)


def tokens(name: str) -> list[str]:
    """Return the words of a column's name: unit_price is unit and price."""
    return [word for word in _SPLIT.split(_BRACKET.sub("", name)) if word]


def unit_of(column: Column) -> str | None:
    """Return the unit that a column's values or its name bring: 거리_km is km."""
    bracket = _BRACKET.search(column.source_name)
    words = [*(tokens(column.source_name)[1:]), *([bracket.group(1)] if bracket else [])]
    named = next((UNITS[word.casefold()] for word in reversed(words) if word.casefold() in UNITS), None)
    return named or column.unit


def is_counted(column: Column) -> bool:
    """Tell whether a column counts things in each row, as 사망자수 does; such values are added up."""
    whole = column.type.is_numeric and column.is_measure and float(column.min or 0) >= 0
    return whole and column.type == "integer" and COUNTED.search(column.source_name) is not None


def aliases(column: Column) -> Iterator[tuple[str, Rank, bool]]:
    """Yield each way to name a column, how directly it does, and whether it is an adjective."""
    for name in {column.name, column.source_name}:
        yield name, Rank.EXACT, False
        yield from _bracketed(name)
        yield from _meaning(name, Rank.ALIAS)
        yield from _shortened(name)
        yield from _by_words(name)


def _bracketed(name: str) -> Iterator[tuple[str, Rank, bool]]:
    """Yield a name's two halves where one stands in brackets: 금액(공급가)."""
    match = _BRACKET.search(name)
    if match:
        outer, inner = name[: match.start()], match.group(1)
        ways = [f"{inner} {outer}", f"{inner}의 {outer}"]
        ways += (
            [] if squeezed(inner) in function_words().names else [f"{outer} {inner}"]
        )  # 금액 합계 asks for a sum
        yield from ((way, Rank.ALIAS, False) for way in ways)
        if inner.casefold() not in UNITS:
            yield inner, Rank.BASE, False
            yield from _meaning(inner, Rank.PART)
        yield outer, Rank.BASE, False
        yield from _meaning(outer, Rank.BASE)


def _meaning(name: str, rank: Rank) -> Iterator[tuple[str, Rank, bool]]:
    """Yield the words that mean the same as a name."""
    for term in terms().same(name):
        yield term.text, rank, term.adjective


def _shortened(name: str) -> Iterator[tuple[str, Rank, bool]]:
    """Yield a name without the endings that only say of what kind it is: 사망자수 is about 사망."""
    compact = name.replace(" ", "")
    for ending in _ENDINGS:
        base = compact.removesuffix(ending)
        if base != compact and len(base) > 1:
            yield base, Rank.BASE, False
            if ending in {"일", "일자", "일시"}:
                yield f"{base}자", Rank.BASE, False  # 입사자 is who has an 입사일
            yield from _meaning(base, Rank.BASE)
    words = tokens(name)
    kept = words[:]
    while len(kept) > 1 and kept[0].casefold() in _HEADS:
        kept = kept[1:]
    while len(kept) > 1 and (kept[-1].casefold() in _TAILS or kept[-1].casefold() in UNITS):
        kept = kept[:-1]
    if kept != words:
        yield " ".join(kept), Rank.BASE, False
        yield from _meaning(" ".join(kept), Rank.BASE)


def _by_words(name: str) -> Iterator[tuple[str, Rank, bool]]:
    """Yield a name of several words with each word put in others that mean the same, and its words alone."""
    words = [word for word in tokens(name) if word.casefold() not in UNITS]
    if re.fullmatch(r"\d{4}", words[0] if words else "") and len(words) > 1:
        yield f"{words[0]}년 {' '.join(words[1:])}", Rank.ALIAS, False
        yield f"{' '.join(words[1:])} in {words[0]}", Rank.ALIAS, False
        yield f"{' '.join(words[1:])} {words[0]}", Rank.ALIAS, False
    if len(words) < 2:
        return
    ways = [[word, *(term.text for term in _terms_of(word) if not term.text.endswith("~"))] for word in words]
    for combination in islice(product(*ways), _MOST_COMBINATIONS * len(words)):
        yield " ".join(combination), Rank.ALIAS, False
    for way in ways:
        for text in way:
            if text.casefold() not in _TAILS | _HEADS and (len(text) > 1 or not text.isascii()):
                yield text, Rank.PART, False


def _terms_of(word: str) -> tuple[Term, ...]:
    return terms().same(word)
