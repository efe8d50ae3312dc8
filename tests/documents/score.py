"""Score the product's tree of items against a gold: how many segments, benefits, limits, conditions and exclusions were found, and are the quotes real.

    score.py PRODUCT.json GOLD.gold.json [MORE pairs ...] [--json OUT] [--show missing|wrong|all] [--min kind=0.80 ...]

PRODUCT.json: any JSON in which an item is an object with `kind` (segment, benefit, limit, condition, exclusion); nesting gives the parents. Fields read: full_text_part|quote,
item_name|name, value, unit|currency, per|basis, plan|plans|variant, page, is_included, unlimited (check.py's tolerant readers are used).

How it counts
1. Everything is compared in one spelling (`norm`: NFKC, soft hyphens out, broken words joined, plain quotes and dashes, one blank) and as bags of word tokens; amounts are tokens too.
2. Likeness of a product item p and a gold item g of an accepted kind (g.kind, or one of g.also):
   J = token Jaccard of the quotes. If one quote is contained in the other (>= .9 of the shorter one's tokens; the longer one at most 8 times as long, or 40 words), likeness = max(J, .5 + .5 * J): a sentence against its clause is a match.
   segment and benefit: likeness 1 also if the name (or the heading quoted) is one of g.names or g.quote's heading, token Jaccard >= .5.
   limit: two limits of one sentence are told apart by value: equal value and unit add .3, a different value takes .3 away; in a table the same for `plan`.
   A pair counts from .5 on. Pairs are chosen one to one, best total (greedy with exchange), children never below their likeness.
3. Fair to granularity (the `fair` figures, the headline): a product item left over whose tokens lie >= .8 inside ONE already matched gold item of its kind is a split, neither right nor wrong. A gold item left over (not a limit) whose
   tokens lie >= .9 inside a product item of its kind is found by merging if >= .6 of that product item's tokens are covered by gold items of the kind: naming a whole list as one exclusion is accepted, quoting the whole page is not.
   `strict` figures leave both rules out.
4. Gold items marked optional count neither when missing nor when named.
5. precision = (matched + merged) / (matched + merged + wrong), recall = (matched + merged) / gold, F1; per kind and over all.
6. amounts: over matched limits (and items with a value, unless value_optional): value equal as decimal, unit equal -> `amount accuracy`; `per accuracy`, `plan accuracy` where gold says so. `amount recall` and `amount precision` ignore quotes:
   multisets of (value, unit) of gold limits against those of product limits (values inside conditions count for recall only).
7. `quotes verbatim` = share of product quotes that stand in the gold's text, word for word after `norm` (bullets and punctuation between words are not compared, digits and their separators are); a quote may be given in pieces parted by ` | `, a tab, or `...`. `page accuracy` over matched items; `parent accuracy`: the nearest matched
   ancestor of the product item is g's parent or above it; `polarity` = is_included agrees where gold says so."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from tests.documents.check import items_of, pages, per
from tests.documents.matching import Gold, Item, inside, match, plain, size, toks


def prf(tp, fp, fn):
    p = tp / (tp + fp) if tp + fp else None
    r = tp / (tp + fn) if tp + fn else None
    return p, r, (2 * p * r / (p + r) if p and r else 0.0)


def score(product, gold, show=None, name=""):
    ps = [Item(x, n) for n, x in enumerate(items_of(product))]
    gs = [Gold(g) for g in gold["items"]]
    got = match(ps, gs)
    by = {id(g): p for p in ps if p.n in got for g in [got[p.n][0]]}
    rows, lost, wrong = {}, [], []
    for k in ("segment", "benefit", "limit", "condition", "exclusion"):
        strict = [0, 0, 0]
        fair = [0, 0, 0]
        kg = [g for g in gs if g.g["kind"] == k]
        for g in kg:
            opt = g.g.get("optional")
            if id(g) in by:
                if not opt:
                    strict[0] += 1
                    fair[0] += 1
                continue
            if opt:
                continue
            strict[2] += 1
            host = None
            if k != "limit":
                for p in ps:
                    if p.kind in g.kinds and inside(g.t, p.t) >= 0.9 and size(p.t) > size(g.t):
                        cover = Counter()
                        for h in gs:
                            if p.kind in h.kinds and inside(h.t, p.t) >= 0.9:
                                cover |= h.t | toks(h.g.get("lead", ""))
                        if inside(p.t, cover) >= 0.6:
                            host = p
                            break
            if host:
                fair[0] += 1
            else:
                fair[2] += 1
                lost.append(g)
        for p in ps:
            if p.kind != k or p.n in got:
                continue
            strict[1] += 1
            owners = [g for g in gs if k in g.kinds and (id(g) in by or g.g.get("optional"))]
            split = any(
                size(p.t) and inside(p.t, g.t + toks(g.g.get("lead", ""))) >= 0.8 for g in owners
            ) and not (
                k == "limit"
                and p.value is not None
                and all(p.value != g.value for g in owners if inside(p.t, g.t) >= 0.8)
            )
            if not split:
                fair[1] += 1
                wrong.append(p)
        rows[k] = {
            "gold": sum(not g.g.get("optional") for g in kg),
            "named": sum(p.kind == k for p in ps),
            "strict": prf(*strict),
            "fair": prf(*fair),
            "counts": fair,
        }
    total = [sum(rows[k]["counts"][i] for k in rows) for i in range(3)]
    rows["all"] = {
        "gold": sum(r["gold"] for r in rows.values()),
        "named": len(ps),
        "fair": prf(*total),
        "counts": total,
    }
    m = [(p, got[p.n][0]) for p in ps if p.n in got]
    flat = plain(gold["text"])

    def share(pairs):
        pairs = list(pairs)
        return (sum(pairs) / len(pairs), len(pairs)) if pairs else (None, 0)

    gv = Counter(
        (str(g.value.normalize()), g.unit)
        for g in gs
        if g.value is not None and not g.g.get("value_optional") and not g.g.get("optional")
    )
    pv = Counter((str(p.value.normalize()), p.unit) for p in ps if p.value is not None and p.kind == "limit")
    every = Counter((str(p.value.normalize()), p.unit) for p in ps if p.value is not None)
    loose = Counter((str(g.value.normalize()), g.unit) for g in gs if g.value is not None)

    def stands(q):
        return all(
            plain(x) in flat for x in re.split(r"\s*(?:\||\t|\.\.\.|…|\[\.\.\.\])\s*", q) if x.strip(" .;")
        )

    def parent_ok(p, g):
        ids = {x["id"]: x for x in gold["items"]}
        up = []
        x = g.g
        while x.get("parent"):
            up.append(x["parent"])
            x = ids[x["parent"]]
        a = p.i["parent"]
        while a is not None:
            n = next((q.n for q in ps if q.i is a), None)
            if n in got:
                return got[n][0].g["id"] in up or got[n][0].g.get("optional", False)
            a = a["parent"]
        return not up or all(ids[u].get("optional") for u in up)

    extra = {
        "amount accuracy": share(
            p.value == g.value and p.unit == g.unit
            for p, g in m
            if g.value is not None and not g.g.get("value_optional")
        ),
        "unlimited seen": share(bool(p.i["raw"].get("unlimited")) for p, g in m if g.g.get("unlimited")),
        "amount recall": (sum((gv & every).values()) / max(1, sum(gv.values())), sum(gv.values())),
        "amount precision": (sum((pv & loose).values()) / max(1, sum(pv.values())), sum(pv.values())),
        "per accuracy": share(set(g.g["per"]) <= per(p.i) for p, g in m if g.g.get("per")),
        "plan accuracy": share(
            any(g.g["plan"].lower() in w for w in p.plans) for p, g in m if g.g.get("plan")
        ),
        "polarity": share(
            p.i["raw"].get("is_included") is g.g["included"] for p, g in m if "included" in g.g
        ),
        "page accuracy": share(bool(pages(p.i) & set(g.g.get("pages", [g.g["page"]]))) for p, g in m),
        "parent accuracy": share(parent_ok(p, g) for p, g in m),
        "quotes verbatim": share(stands(p.q) for p in ps if p.q),
        "items without a quote": (sum(not p.q for p in ps), len(ps)),
    }
    print(f"== {name}: {len(ps)} items named, {rows['all']['gold']} in gold")
    for k, r in rows.items():
        p, c, f = r["fair"]
        s = r.get("strict")
        print(
            f"  {k:10} gold {r['gold']:3} named {r['named']:3}  P {p or 0:.3f}  R {c or 0:.3f}  F1 {f:.3f}"
            + (f"   (strict F1 {s[2]:.3f})" if s else "")
        )
    for k, (v, n) in extra.items():
        print(f"  {k:22} {'-' if v is None else f'{v:.3f}' if isinstance(v, float) else v} of {n}")
    if show in ("missing", "all"):
        [print("  missing", g.g["kind"], g.g["id"], g.g["quote"][:90]) for g in lost]
    if show in ("wrong", "all"):
        [print("  wrong  ", p.kind, p.q[:90], p.value, p.unit) for p in wrong]
    return {
        "document": name,
        "kinds": rows,
        "extra": extra,
        "missing": [g.g["id"] for g in lost],
        "wrong": [p.q[:120] for p in wrong],
    }


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("files", nargs="+")
    ap.add_argument("--json")
    ap.add_argument("--show", choices=["missing", "wrong", "all"])
    ap.add_argument("--min", nargs="*", default=[])
    a = ap.parse_args()
    if len(a.files) % 2:
        ap.error("pairs of PRODUCT.json GOLD.gold.json are needed")
    out = [
        score(
            json.loads(Path(p).read_text("utf-8")),
            json.loads(Path(g).read_text("utf-8")),
            a.show,
            Path(g).name.removesuffix(".gold.json"),
        )
        for p, g in zip(a.files[::2], a.files[1::2])
    ]
    failed = []
    if len(out) > 1:
        print("== together (counts added over the documents)")
        for k in out[0]["kinds"]:
            c = [sum(o["kinds"][k]["counts"][i] for o in out) for i in range(3)]
            p, r, f = prf(*c)
            print(f"  {k:10} P {p or 0:.3f}  R {r or 0:.3f}  F1 {f:.3f}")
            out[0].setdefault("together", {})[k] = [p, r, f]
    for m in a.min:
        k, v = m.split("=")
        c = [sum(o["kinds"][k]["counts"][i] for o in out) for i in range(3)]
        if prf(*c)[2] < float(v):
            failed.append(m)
    if a.json:
        Path(a.json).write_text(json.dumps(out, indent=1, default=str))
    if failed:
        print("below:", *failed)
        sys.exit(1)


if __name__ == "__main__":
    main()
