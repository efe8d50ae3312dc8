"""Words that stand for no value."""

from __future__ import annotations

MISSING_TOKENS = frozenset(
    "na n/a #n/a nan null none nil - -- --- – . .. ... … ? 없음 미상 해당없음 결측 알수없음 불명 x "
    "#div/0! #value! #ref! #null! #name? #num!".split()
) | {"해당 없음", "알 수 없음"}
TOKEN_CHARACTERS = max(map(len, MISSING_TOKENS))
TEXT_TOKENS = MISSING_TOKENS - {".", "x"}  # those that a text column's owner is asked about


def is_token(short: str, tokens: frozenset[str] = MISSING_TOKENS) -> bool:
    """Say whether a text is one of those that may mean missing; all of them are short."""
    return len(short) <= TOKEN_CHARACTERS and short.casefold() in tokens
