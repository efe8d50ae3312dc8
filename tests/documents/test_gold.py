"""Wordings with gold: what is found, what is made up, and where it stands."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from tests.documents.gold import written
from tests.documents.score import score
from workers.documents.analysis import analyse

GOLD = Path(__file__).parent / "gold"
DRAWN = sorted(path.name.removesuffix(".gold.json") for path in GOLD.glob("*.gold.json"))
WRITTEN = written.names()
NAMES = [*DRAWN, *WRITTEN]
AS_MARKDOWN = [
    "ausland-de",
    "cedar-en",
    "counsel-en",
    "expat-en",
    "haft-ch",
    "house-en",
    "klinik-de",
    "knall-de",
    "pet-en",
    "recht-ch",
    "roamer-en",
    "streit-de",
    "trade-en",
    "vhb-de",
    "wohn-de",
]
AS_TEXT = [
    "auto-de",
    "berg-ch",
    "dental-en",
    "heim-ch",
    "kfz-de",
    "kunst-ch",
    "prof-en",
    "prop-en",
    "reise-ch",
    "shield-en",
    "solar-de",
    "tier-de",
    "unfall-de",
]
AS_HYPERTEXT = ["haus-ch", "rsv-de", "voyage-en"]  # Markdown with HTML
FORMS = (
    dict.fromkeys(WRITTEN, "pdf")
    | dict.fromkeys(AS_MARKDOWN, "md")
    | dict.fromkeys(AS_TEXT, "txt")
    | dict.fromkeys(AS_HYPERTEXT, "html.md")
)  # each in one
AS_PDF = [*DRAWN, *(name for name in WRITTEN if FORMS[name] == "pdf")]
FLOORS = {"segment": 0.95, "benefit": 0.80, "limit": 0.90, "condition": 0.78, "exclusion": 0.92, "all": 0.88}
SHARES = {
    "amount recall": 0.96, "amount precision": 0.96, "per accuracy": 0.90, "plan accuracy": 0.95,
    "parent accuracy": 0.95, "polarity": 0.97, "page accuracy": 1.0, "quotes verbatim": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def golds(tmp_path_factory):
    """Give each wording's folder and gold; the written ones are set as PDF, Markdown or text here."""
    folder = tmp_path_factory.mktemp("written")
    drawn = {name: (GOLD, json.loads((GOLD / f"{name}.gold.json").read_text("utf-8"))) for name in DRAWN}
    return drawn | {name: (folder, written.build(name, folder, FORMS[name])) for name in WRITTEN}


@pytest.fixture(scope="module")
def results(golds):
    return {name: analyse(folder / f"{name}.{FORMS.get(name, 'pdf')}") for name, (folder, _) in golds.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_wording_is_understood_as_its_gold_says(results, golds, name):
    figures = score(results[name].as_json(), golds[name][1], name=name)
    low = {
        kind: figures["kinds"][kind]["fair"][2]
        for kind, floor in FLOORS.items()
        if figures["kinds"][kind]["gold"] and figures["kinds"][kind]["fair"][2] < floor
    }
    extra = {
        what: figures["extra"][what]
        for what, floor in SHARES.items()
        if (figures["extra"][what][0] or 0) < floor and figures["extra"][what][1]
    }
    assert (low, extra) == ({}, {})


@pytest.mark.parametrize("name", NAMES)
def test_each_quote_is_the_texts_own_words_at_its_evidence(results, name):
    result = results[name]
    for item in flat(result.items):
        for piece in item.full_text_part.split(" | "):
            assert piece in result.text
        shown = " ".join(result.text[each.start : each.end] for each in item.evidence)
        assert letters(shown) == letters(item.full_text_part)


@pytest.mark.parametrize("name", AS_PDF)
def test_rectangles_hold_the_words_that_they_stand_for(results, golds, name):
    pages = pypdfium2.PdfDocument(golds[name][0] / f"{name}.pdf")
    sheets = {number: (page.get_size(), page.get_textpage()) for number, page in enumerate(pages, start=1)}
    held = total = 0
    for item in flat(results[name].items):
        for each in item.evidence:
            (width, height), sheet = sheets[each.page]
            seen = "".join(
                sheet.get_text_bounded(r[0] - 0.5, height - r[3] - 0.5, r[2] + 0.5, height - r[1] + 0.5)
                for r in each.rects
            )
            assert all(
                0 <= r[0] < r[2] <= width + 0.01 and 0 <= r[1] < r[3] <= height + 0.01 for r in each.rects
            )
            wanted = letters(results[name].text[each.start : each.end])
            total += 1
            held += sum((wanted & letters(seen)).values()) >= 0.95 * sum(wanted.values())
    assert held >= 0.99 * total


@pytest.mark.parametrize("name", NAMES)
def test_every_amount_is_in_an_item_or_named_as_unassigned(results, name):
    result = results[name]
    spans = [(each.start, each.end) for item in flat(result.items) for each in item.evidence]
    spans += [(each.start, each.end) for each in result.unassigned]
    amount = re.compile(
        r"(?:CHF|EUR|GBP|£|€) ?\d[\d'.,]*|\d[\d'.,]* ?(?:CHF|EUR|GBP|€|%)|\b\d+ (?:Tage?n?|Monaten?|Wochen|Stunden|days|months|weeks|hours)\b"
    )
    lost = [
        m[0]
        for m in amount.finditer(result.text)
        if not any(s <= m.start() and m.end() <= e + 1 for s, e in spans)
    ]
    assert lost == []


def test_the_same_file_twice_gives_the_same_bytes():
    once, twice = (json.dumps(analyse(GOLD / "travel-en.pdf").as_json()) for _ in range(2))
    assert once == twice


def letters(text):
    return Counter(re.sub(r"\W+", "", text))


def flat(items):
    for item in items:
        yield item
        yield from flat(item.children)
