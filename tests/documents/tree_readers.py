"""What a scorer reads of an item in any JSON: kind, quote, value, unit, basis, pages."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

KINDS = {"segment", "benefit", "limit", "condition", "exclusion"}
UNITS = {
    "chf": "CHF",
    "fr.": "CHF",
    "fr": "CHF",
    "sfr": "CHF",
    "franken": "CHF",
    "eur": "EUR",
    "€": "EUR",
    "euro": "EUR",
    "usd": "USD",
    "$": "USD",
    "us$": "USD",
    "gbp": "GBP",
    "£": "GBP",
    "%": "%",
    "percent": "%",
    "prozent": "%",
    "day": "day",
    "days": "day",
    "tag": "day",
    "tage": "day",
    "tagen": "day",
    "month": "month",
    "months": "month",
    "monat": "month",
    "monate": "month",
    "monaten": "month",
    "year": "year",
    "years": "year",
    "jahr": "year",
    "jahre": "year",
    "jahren": "year",
    "hour": "hour",
    "hours": "hour",
    "stunde": "hour",
    "stunden": "hour",
    "week": "week",
    "weeks": "week",
    "woche": "week",
    "wochen": "week",
    "km": "km",
    "kilometer": "km",
    "kilometres": "km",
    "kg": "kg",
    "m2": "m2",
    "m²": "m2",
    "times": "times",
    "mal": "times",
    "x": "times",
    "night": "night",
    "nights": "night",
    "nächte": "night",
    "persons": "person",
    "person": "person",
    "personen": "person",
}
PER = {
    "event": "event",
    "ereignis": "event",
    "fall": "event",
    "claim": "event",
    "occurrence": "event",
    "incident": "event",
    "schadenfall": "event",
    "schadenereignis": "event",
    "versicherungsfall": "event",
    "loss": "event",
    "accident": "event",
    "schaden": "event",
    "year": "year",
    "jahr": "year",
    "kalenderjahr": "year",
    "versicherungsjahr": "year",
    "annum": "year",
    "annual": "year",
    "policy year": "year",
    "insurance year": "year",
    "year of insurance": "year",
    "person": "person",
    "insured person": "person",
    "versicherte person": "person",
    "item": "item",
    "gegenstand": "item",
    "article": "item",
    "day": "day",
    "tag": "day",
    "trip": "trip",
    "reise": "trip",
    "journey": "trip",
    "night": "night",
    "nacht": "night",
    "vehicle": "vehicle",
    "fahrzeug": "vehicle",
    "hour": "hour",
    "stunde": "hour",
    "month": "month",
    "monat": "month",
    "policy": "policy",
    "vertrag": "policy",
    "contract": "policy",
}


def norm(s: str) -> str:
    """One spelling: ligatures opened, soft hyphens out, words broken over a line joined, quotes and dashes plain, one blank."""
    s = unicodedata.normalize("NFKC", s or "").replace("\u00ad", "")
    s = re.sub(r"[\ufffe\x02](?=[a-zäöüß])", "", s)
    s = re.sub(r"[\ufffe\x02]", "-", s)
    s = re.sub(r"[\u2018\u2019\u201a\u02bc\u00b4`]", "'", s)
    s = re.sub(r"[\u201c\u201d\u201e\u00ab\u00bb]", '"', s)
    s = re.sub(r"[\u2010-\u2015\u2212]", "-", s)
    s = re.sub(r"(?<=\w)-\s*\n\s*(?=[a-zäöüß])", "", s)
    return re.sub(r"\s+", " ", s).strip()


def items_of(doc, parent=None, out=None):
    out = [] if out is None else out
    if isinstance(doc, dict):
        mine = parent
        if str(doc.get("kind", "")).lower() in KINDS:
            mine = {"raw": doc, "parent": parent}
            out.append(mine)
        for v in doc.values():
            items_of(v, mine, out)
    elif isinstance(doc, list):
        for v in doc:
            items_of(v, parent, out)
    return out


def first(d, *keys):
    for k in keys:
        if d.get(k) not in (None, "", []):
            return d[k]
    return None


def kind(i):
    return str(i["raw"]["kind"]).lower()


def quote(i):
    return norm(str(first(i["raw"], "full_text_part", "quote") or ""))


def label(i):
    return norm(str(first(i["raw"], "item_name", "name") or ""))


def words(x):
    return (
        [str(w).lower() for w in x]
        if isinstance(x, list)
        else [w for w in re.split(r"[,;/]| and | und ", str(x or "").lower()) if w.strip()]
    )


def value(i):
    v = i["raw"].get("value")
    if v is None or isinstance(v, bool):
        return None
    try:
        return Decimal(str(v).replace("'", "").strip())
    except InvalidOperation:
        return None


def unit(i):
    u = str(first(i["raw"], "unit", "currency") or "").strip().lower()
    return UNITS.get(u, UNITS.get(u.rstrip("."), u))


def per(i):
    out = set()
    for w in words(first(i["raw"], "per", "basis") or []):
        w = re.sub(r"^(per|pro|je|each|any one)\s+", "", w.strip().replace("_", " "))
        out.add(PER.get(w, w))
    return out


def pages(i):
    p = {i["raw"].get("page")} | {
        e.get("page") for e in i["raw"].get("evidence") or [] if isinstance(e, dict)
    }
    return p - {None}


def rects(i):
    out = [("any", r) for r in i["raw"].get("rects") or []]
    for e in i["raw"].get("evidence") or []:
        if isinstance(e, dict):
            out += [
                (e.get("page", "any"), r) for r in e.get("rects") or ([e["rect"]] if e.get("rect") else [])
            ]
    return [
        (p, [r[k] for k in ("x0", "y0", "x1", "y1")] if isinstance(r, dict) else list(r)[-4:]) for p, r in out
    ]
