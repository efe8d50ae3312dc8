"""Items of a product paired with those of a gold, by their words, names and values."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from tests.documents.check import UNITS, first, kind, label, norm, quote, unit, value, words


def toks(s):
    return Counter(re.findall(r"[^\W_]+(?:[.,'][^\W_]+)*%?|%|[€£$]", norm(s).lower().replace("|", " ")))


def plain(s):
    return " ".join(re.findall(r"[^\W_]+(?:[.,'][^\W_]+)*|[%€£$]", norm(s)))


def size(c):
    return sum(c.values())


def jac(a, b):
    return size(a & b) / max(1, size(a | b))


def inside(a, b):
    return size(a & b) / max(1, size(a))


class Gold:
    def __init__(self, g):
        self.g = g
        self.t = toks(g["quote"])
        self.kinds = {g["kind"], *g.get("also", [])}
        self.names = [toks(n) for n in g.get("names", [])] + ([self.t] if g["kind"] == "segment" else [])
        self.value = None if g.get("value") is None else Decimal(g["value"])
        self.unit = UNITS.get(str(g.get("unit", "")).lower(), g.get("unit"))


class Item:
    def __init__(self, raw, index):
        self.i = raw
        self.n = index
        self.kind = kind(raw)
        self.q = quote(raw)
        self.t = toks(self.q or label(raw))
        self.name = toks(label(raw))
        self.value = value(raw)
        self.unit = unit(raw)
        self.plans = words(first(raw["raw"], "plan", "plans", "variant") or [])


def like(p, g):
    if p.kind not in g.kinds:
        return 0
    j = jac(p.t, g.t)
    s, b = (p.t, g.t) if size(p.t) <= size(g.t) else (g.t, p.t)
    if (
        size(s)
        and inside(s, b) >= 0.9
        and size(b) <= max(40, 8 * size(s))
        and (
            size(s) >= 3
            or size(s) == size(b)
            or g.g["kind"] in ("exclusion", "benefit", "condition", "segment")
        )
    ):
        j = max(j, 0.5 + 0.5 * j)
    if g.g["kind"] in ("segment", "benefit") and p.kind == g.g["kind"]:
        if any(size(n) and (jac(p.name, n) >= 0.5) for n in g.names):
            j = max(j, 0.75 if g.g["kind"] == "benefit" and jac(p.t, g.t) < 0.2 else 1)
    if g.g["kind"] == "limit" or p.kind == "limit":
        if g.value is not None and p.value is not None:
            j += 0.3 if (p.value == g.value and (not p.unit or p.unit == g.unit)) else -0.3
        elif g.g.get("unlimited"):
            j += 0.3 if p.i["raw"].get("unlimited") else -0.1
        if g.g.get("plan"):
            j += 0.2 if any(g.g["plan"].lower() in w for w in p.plans) else (-0.2 if p.plans else 0)
        elif p.plans and not g.g.get("plans"):
            j -= 0.05
    return j


def match(ps, gs):
    pairs = sorted(((like(p, g), -p.n, p, g) for p in ps for g in gs), key=lambda x: (-x[0], -x[1]))
    got, used = {}, set()
    for s, _, p, g in pairs:
        if s < 0.5:
            break
        if p.n not in got and id(g) not in used:
            got[p.n] = (g, s)
            used.add(id(g))
    changed = True
    while changed:  # exchange: give a gold to a needier item if its holder has another choice
        changed = False
        for p in ps:
            if p.n in got:
                continue
            for g in gs:
                s = like(p, g)
                if s < 0.5 or id(g) not in used:
                    continue
                holder = next(q for q in ps if q.n in got and got[q.n][0] is g)
                other = max(
                    ((like(holder, h), h) for h in gs if id(h) not in used),
                    key=lambda x: x[0],
                    default=(0, None),
                )
                if other[0] >= 0.5:
                    got[holder.n] = (other[1], other[0])
                    used.add(id(other[1]))
                    got[p.n] = (g, s)
                    changed = True
                    break
            if changed:
                break
    return got
