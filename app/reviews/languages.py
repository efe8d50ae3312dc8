"""Which codes name a language, and the one of each that the models go by."""

from __future__ import annotations

import re

# ISO 639-1, whole: https://www.loc.gov/standards/iso639-2/php/code_list.php
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
    "dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id "
    "ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu "
    "lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu "
    "rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to "
    "tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
TWO_LETTERS = frozenset(_ISO_639_1.split())
# The languages that have a model, by ISO 639-2 and -3, and codes that ISO 639-1 has withdrawn.
OTHERS = {"eng": "en", "kor": "ko", "ind": "id", "in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}

PATTERN = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$"
RIGHT = "a language code such as `en`, `ko`, `id` or `en-GB`"
_FORM = re.compile(PATTERN.replace("$", r"\Z"))


def base_code(code: str) -> str:
    """Return "en" of "en-GB", "EN_us" or "eng"."""
    first = re.split(r"[-_]", code.strip().lower())[0]
    return OTHERS.get(first, first)


def is_code(text: str) -> bool:
    """Say whether a text is the code of a language; of three letters any is, ISO 639-3 has 7,900."""
    return bool(_FORM.match(text)) and (len(base := base_code(text)) > 2 or base in TWO_LETTERS)  # noqa: PLR2004
