"""Check one case: `check.py CASE_DIR OUT.json [--file NAME]` for an output already made, or
`check.py CASE_DIR... --run 'flask process documents {file} -o {out}'` to make it for every input first.

Reads the product's JSON tolerantly: an item is any object whose `kind` is one of the five; its children are the items inside it.
Field names understood: full_text_part|quote, item_name|name, value, unit|currency, per|basis, plan|plans|variant, page, is_included,
unlimited, section_reference|section, references|refs, exception_to, rects | evidence[].{page,rects,text}. Values may be numbers or decimal
strings, units and `per` words of German or English. Prints one line a check and exits 1 if any failed."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from tests.documents.tree_readers import (
    KINDS,
    UNITS,
    first,
    items_of,
    kind,
    label,
    norm,
    pages,
    per,
    quote,
    rects,
    unit,
    value,
    words,
)


def why_not(i, spec):
    """None if the item answers the spec, else the first thing that differs."""
    kinds = spec.get("kind_any") or ([spec["kind"]] if spec.get("kind") else list(KINDS))
    if kind(i) not in kinds:
        return "kind"
    hay = quote(i) + (" " + label(i) if kind(i) in ("segment", "benefit") or spec.get("in_name") else "")
    for h in spec.get("has", []):
        if norm(h).lower() not in hay.lower():
            return f"quote lacks {h!r}"
    for h in spec.get("lacks", []):
        if norm(h).lower() in hay.lower():
            return f"quote holds {h!r}"
    if spec.get("name_any") and not any(
        norm(n).lower() in (label(i) + " " + quote(i)).lower() for n in spec["name_any"]
    ):
        return "name"
    if "value" in spec:
        v, want = value(i), spec["value"]
        if (want is None) != (v is None) or (
            want is not None and abs(v - Decimal(want)) > abs(Decimal(want)) * Decimal("1e-9")
        ):
            return f"value {v}, not {want}"
    if spec.get("unit") and unit(i) != UNITS.get(spec["unit"].lower(), spec["unit"]):
        return f"unit {unit(i)!r}, not {spec['unit']}"
    if spec.get("per") and not set(spec["per"]) <= per(i):
        return f"per {sorted(per(i))}, not {spec['per']}"
    if spec.get("plan"):
        if not any(
            spec["plan"].lower() in w for w in words(first(i["raw"], "plan", "plans", "variant") or [])
        ):
            return "plan"
    if spec.get("page") and spec["page"] not in pages(i):
        return f"pages {sorted(pages(i))}, not {spec['page']}"
    if spec.get("pages") and not set(spec["pages"]) <= pages(i):
        return f"pages {sorted(pages(i))}, not {spec['pages']}"
    if spec.get("unlimited") is not None and bool(i["raw"].get("unlimited")) != spec["unlimited"]:
        return "unlimited"
    if spec.get("included") is not None and i["raw"].get("is_included") is not spec["included"]:
        return f"is_included {i['raw'].get('is_included')}"
    if (
        spec.get("section")
        and norm(spec["section"]).lower()
        not in norm(str(first(i["raw"], "section_reference", "section") or "")).lower()
    ):
        return "section_reference"
    if spec.get("under"):
        p, want = i["parent"], norm(spec["under"]).lower()
        while p and want not in (label(p) + " " + quote(p)).lower():
            p = p["parent"]
        if not p:
            return f"not under {spec['under']!r}"
    if spec.get("refs") and not all(
        any(norm(r).lower() in norm(str(x)).lower() for x in (first(i["raw"], "references", "refs") or []))
        for r in spec["refs"]
    ):
        return "references"
    if spec.get("exception") and not first(i["raw"], "exception_to", "exceptions", "is_exception"):
        return "exception_to"
    if spec.get("rect"):
        x0, y0, x1, y1 = spec["rect"]["box"]
        tol = spec["rect"].get("tol", 6)
        boxes = [r for p, r in rects(i) if p in ("any", spec["rect"]["page"])]
        if not any(
            abs(a - x0) <= tol and abs(b - y0) <= tol and abs(c - x1) <= tol and abs(d - y1) <= tol
            for a, b, c, d in boxes
        ):
            return f"rects {boxes}"
    return None


def strings(x):
    if isinstance(x, dict):
        for v in x.values():
            yield from strings(v)
    elif isinstance(x, list):
        for v in x:
            yield from strings(v)
    elif isinstance(x, str):
        yield x


def check(spec, out, source=None, took=None):
    """Yields (holds, line)."""
    items = items_of(out)
    text = set(
        strings(
            {k: v for k, v in out.items() if k not in ("items", "segments")} if isinstance(out, dict) else {}
        )
    )
    codes = {norm(t).lower() for t in text}
    for s in spec.get("items", []):
        reasons = [why_not(i, s) for i in items]
        n = sum(r is None for r in reasons)
        lo, hi = s.get("count", [1, 10**6])
        near = sorted((r for r in reasons if r and r != "kind"), key=lambda r: r.startswith("quote lacks"))[
            :1
        ]
        yield (
            lo <= n <= hi,
            f"item {s.get('kind') or s.get('kind_any')} {s.get('has')} {s.get('value', '')} {s.get('unit', '')}: {n} found"
            + (f"; nearest differs in {near[0]}" if not n and near else ""),
        )
    for s in spec.get("not_items", []):
        bad = [i for i in items if why_not(i, s) is None]
        yield not bad, f"no item {s}" + (f": but {quote(bad[0])[:80]!r}" if bad else "")
    for k, (lo, hi) in spec.get("counts", {}).items():
        n = sum(kind(i) == k for i in items)
        yield lo <= n <= hi, f"{k}: {n} in {lo}..{hi}"
    for any_of in spec.get("codes", []):
        yield any(c.lower() in codes for c in any_of), f"says one of {any_of}"
    cov = spec.get("coverage")
    if cov:
        rows = [r for r in _coverage(out) if r.get("page") is not None]
        by = {r["page"]: str(r.get("state", "")).lower() for r in rows}
        yield len(by) == cov["pages"], f"coverage lists {len(by)} of {cov['pages']} pages"
        bad = [p for p in cov.get("done", []) if by.get(p) != "done"]
        yield not bad, f"pages done, except {bad}"
        bad = [p for p in cov.get("not_done", []) if by.get(p) == "done"]
        yield not bad, f"pages not done are said so, except {bad}"
    for page, (w, h) in (spec.get("rects_inside") or {}).items():
        boxes = [r for i in items for p, r in rects(i) if str(p) == page]
        out_of = [r for r in boxes if not (-1 <= r[0] <= r[2] <= w + 1 and -1 <= r[1] <= r[3] <= h + 1)]
        yield (
            bool(boxes) and not out_of,
            f"{len(boxes)} rectangles of page {page} lie inside {w:.0f} x {h:.0f} as shown; outside: {out_of[:2]}",
        )
    if source:
        src = norm(source)
        bad = [
            quote(i)
            for i in items
            if quote(i)
            and not all(norm(p) in src for p in re.split(r"\s*(?:\||\t|…|\[\.\.\.\])\s*", quote(i)) if p)
        ]
        yield (
            not bad,
            f"quotes stand in the source: {sum(bool(quote(i)) for i in items) - len(bad)} of {sum(bool(quote(i)) for i in items)}"
            + (f"; not: {bad[0][:90]!r}" if bad else ""),
        )
    if took and spec.get("max_seconds"):
        yield took <= spec["max_seconds"], f"{took:.1f} s of {spec['max_seconds']}"


def _coverage(out):
    if isinstance(out, dict):
        c = out.get("coverage")
        if isinstance(c, list):
            return c
        if isinstance(c, dict):
            return c.get("pages") if isinstance(c.get("pages"), list) else []
        for v in out.values():
            r = _coverage(v)
            if r:
                return r
    return []


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("case", nargs="+")
    ap.add_argument("--run")
    ap.add_argument("--file")
    a = ap.parse_args()
    jobs = (
        [(Path(a.case[0]), json.loads(Path(a.case[1]).read_text("utf-8")), a.file, None, 0)]
        if not a.run
        else []
    )
    if a.run:
        for d in map(Path, a.case):
            for f in json.loads((d / "expected.json").read_text("utf-8")).get("files", {}):
                out = Path(tempfile.mkdtemp()) / "out.json"
                t = time.time()
                r = subprocess.run(
                    [w.format(file=d / f, out=out) for w in shlex.split(a.run)],
                    capture_output=True,
                    text=True,
                )
                body = (
                    json.loads(out.read_text("utf-8"))
                    if out.exists()
                    else {"stderr": r.stderr, "stdout": r.stdout, "words": (r.stderr + r.stdout).split()}
                )
                jobs.append((d, body, f, r.returncode, time.time() - t))
    failed = 0
    total = 0
    whole = 0
    for d, out, f, rc, took in jobs:
        before = failed
        spec = json.loads((d / "expected.json").read_text("utf-8"))
        files = spec.get("files", {})
        one = files.get(f or next(iter(files), ""), {})
        src = (d / one["source"]).read_text("utf-8") if one.get("source") else None
        for ok, line in check(one, out, src, took):
            total += 1
            failed += not ok
            print(("ok   " if ok else "FAIL ") + f"{d.name}/{f or ''}: {line}")
        whole += failed == before
    print(
        f"{whole} of {len(jobs)} inputs wholly right (an empty answer gets only the crash tests); checks:\n{total - failed} passed, {failed} failed"
    )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
