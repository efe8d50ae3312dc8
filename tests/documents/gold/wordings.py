"""Wordings of the grammar as blocks with gold, in six layouts: `python -m tests.documents.gold.wordings FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

from tests.documents.gold import render
from tests.documents.gold.grammar import HEADS, LEADS, LINES, Writer, expand, money

NUMBERINGS = {
    "motor-ch": "letter",
    "legal-de": "paragraph",
    "liability-en": "section",
    "health-ch": "decimal",
    "home-en": "plain",
    "travel-de": "teil",
}
LAYOUTS = {
    "motor-ch": "columns",
    "legal-de": "single",
    "liability-en": "single",
    "health-ch": "single",
    "home-en": "columns",
    "travel-de": "single",
}
PLANS = {
    "travel-de": ["Basis", "Komfort", "Premium"],
    "home-en": ["Standard", "Extra"],
    "health-ch": ["Mini", "Midi", "Maxi"],
}


class Document:
    """One wording: blocks to render, and the gold of each sentence."""

    def __init__(self, line: str, seed: int) -> None:
        self.name, self.facts = line, LINES[line]
        self.random = Random(seed)
        self.writer = Writer(line, seed + 1)
        self.german = self.facts["language"].startswith("de")
        self.language = "de" if self.german else "en"
        self.blocks: list[tuple] = [("title", self.facts["title"])]
        self.gold: list[dict] = []
        self.numbering = NUMBERINGS[line]
        self.count = 0

    def add(self, kind: str, quote: str, parent: str | None, **facts) -> str:
        """Note a gold item and return its id."""
        self.count += 1
        name = f"g{self.count}"
        extra = {"included": True} if kind == "benefit" else {}
        self.gold.append({"id": name, "kind": kind, "parent": parent, "quote": quote, **extra, **facts})
        return name

    def heading(self, number: int, title: str) -> str:
        letter = "ABCDEFGH"[number]
        return {
            "letter": f"{letter} {title}", "paragraph": f"§ {number + 1} {title}", "section": f"Section {number + 1}: {title}",
            "decimal": f"{number + 1} {title}", "plain": title, "teil": f"Teil {letter} – {title}",
        }[self.numbering]  # fmt: skip

    def label(self, number: int, part: int) -> str:
        letter = "ABCDEFGH"[number]
        return {
            "letter": f"{letter} {part} ", "paragraph": f"({part}) ", "section": f"{number + 1}.{part} ",
            "decimal": f"{number + 1}.{part} ", "plain": "", "teil": f"{part}. ",
        }[self.numbering]  # fmt: skip

    def write(self) -> None:
        """Write all segments."""
        if self.name in PLANS:
            self.plans()
        for number, (title, names) in enumerate(self.facts["segments"]):
            heading = self.heading(number, title)
            self.blocks.append(("h1", heading))
            segment = self.add("segment", heading, None, names=[title, *names])
            self.segment(number, segment)
        self.blocks.append(
            (
                "h1",
                self.heading(
                    len(self.facts["segments"]),
                    "Gemeinsame Bestimmungen" if self.german else "General provisions",
                ),
            )
        )
        last = self.add("segment", self.blocks[-1][1], None, optional=True)
        for part in range(1, 4):
            self.paragraph(len(self.facts["segments"]), part, last, self.random.choice("CCN"))

    def segment(self, number: int, segment: str) -> None:
        part = 1
        for kind in ("B", "L", "X", "C"):
            with_head = self.random.random() < 0.6
            if with_head and kind != "L":
                self.blocks.append(("h2", self.random.choice(HEADS[self.language][kind])))
            if kind in "BX" and self.random.random() < 0.5:
                self.listed(number, part, segment, kind)
                part += 1
            for _ in range(self.random.randint(1, 3 if kind == "B" else 2)):
                self.paragraph(number, part, segment, kind)
                part += 1

    def paragraph(self, number: int, part: int, segment: str, kind: str) -> None:
        text, limits = self.writer.sentence(kind)
        whole = text
        kinds = [(kind, text, limits)]
        if kind == "B" and self.random.random() < 0.35:
            more = self.random.choice("LCX")
            second, second_limits = self.writer.sentence(more)
            whole = f"{text} {second}"
            kinds.append((more, second, second_limits))
        self.blocks.append(("p", self.label(number, part) + whole))
        for each in kinds:
            self.note(*each, segment)

    def note(self, kind: str, text: str, limits: list[dict], segment: str) -> None:
        names = {"B": "benefit", "C": "condition", "X": "exclusion"}
        parent = self.add(names[kind], text, segment) if kind in names else segment
        for limit in limits:
            self.add("limit", text, parent, **limit)

    def listed(self, number: int, part: int, segment: str, kind: str) -> None:
        lead = expand(next(text for name, text in LEADS[self.language] if name == kind), self.random)
        self.blocks.append(("p", self.label(number, part) + lead))
        if kind == "B":
            self.add("benefit", lead, segment, optional=True)
        items = [
            self.writer.thing() if kind == "B" else self.writer.bad()
            for _ in range(self.random.randint(2, 4))
        ]
        for place, item in enumerate(items):
            text, limits = item, []
            if kind == "B" and self.random.random() < 0.5:
                value = self.writer.amount()
                text += f"{' bis ' if self.german else ' up to '}{money(value, self.facts['currency'], self.facts['language'])}"
                limits = [{"value": str(value), "unit": self.facts["currency"]}]
            text += "." if place == len(items) - 1 else ";"
            mark = {"paragraph": f"{'abcdef'[place]}) ", "decimal": f"{'abcdef'[place]}) "}.get(
                self.numbering, ""
            )
            self.blocks.append(("li", mark + text))
            own = self.add("benefit" if kind == "B" else "exclusion", text, segment, lead=lead)
            for limit in limits:
                self.add("limit", text, own, **limit)

    def plans(self) -> None:
        plans = PLANS[self.name]
        self.blocks.append(
            (
                "h1",
                {
                    "travel-de": "Leistungsübersicht",
                    "home-en": "Schedule of limits",
                    "health-ch": "Tabelle der Leistungen",
                }[self.name],
            )
        )
        rows = [[("Leistung" if self.german else "Benefit"), *plans]]
        for title, _ in self.facts["segments"]:
            label = title + (" je Ereignis" if self.german else " per event")
            values = [self.writer.amount() for _ in plans]
            cells = [money(value, self.facts["currency"], self.facts["language"]) for value in values]
            rows.append([label, *cells])
            for plan, value, cell in zip(plans, values, cells, strict=True):
                self.add(
                    "limit",
                    f"{label} | {cell}",
                    None,
                    plan=plan,
                    value=str(value),
                    unit=self.facts["currency"],
                    per=["event"],
                    segment=title,
                )
        self.blocks.append(("table", rows))


def build(folder: Path, line: str, seed: int) -> None:
    """Write one wording's PDF and gold."""
    document = Document(line, seed)
    document.write()
    segments = {
        names["names"][0]: names["id"]
        for names in document.gold
        if names["kind"] == "segment" and "names" in names
    }
    for item in document.gold:
        if "segment" in item:
            item["parent"] = segments[item.pop("segment")]
    text = "\n".join(
        "\n".join(" ".join(row) for row in block[1]) if block[0] == "table" else block[1]
        for block in document.blocks
    )
    pages = render.render(document.blocks, folder / f"{line}.pdf", LAYOUTS[line])
    for item in document.gold:
        item["pages"] = item["pages"] if "pages" in item else list(range(1, pages + 1))
        item["page"] = item["pages"][0]
    gold = {
        "document": f"{line}.pdf",
        "title": document.facts["title"],
        "language": document.facts["language"],
        "pages": pages,
        "items": document.gold,
        "text": text,
    }
    (folder / f"{line}.gold.json").write_text(
        json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for order, each in enumerate(LINES):
        build(target, each, int(sys.argv[2]) if len(sys.argv) > 2 else 2026 + order)
