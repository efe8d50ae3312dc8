"""Wordings written by hand in `written/`, each sentence with its gold behind it, as PDF, Markdown or text.

The first line names language and layout. `= ` is the title, `# ` a heading (`@` and names: a segment's;
`@none`: none; `@same`: the one before; `@opt`: an optional one), `## ` a smaller heading, `- ` an item, `+ ` what goes on below the benefit before, `|| ` and `| ` rows of a table.
A paragraph's pieces are parted by ` ~ `; behind each may stand ` @` and what it says, parted by `;`:
`B names`, `X`, `C`, `L value unit per=.. role=..`, `L inf`; of a table's row: the column, then a limit or `X`.
A table's cell that says all by itself has `B names`, `XX` or `LL value unit`.
`opt`, `also=`, `val=` and `ex` (an exception to the exclusion before) are parted by `&`. `[[..]]` is a label.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.documents.gold import plain, render

FOLDER = Path(__file__).parent / "written"
PLAIN = {"md": plain.markdown, "html.md": plain.hypertext, "txt": plain.text}
KINDS = {"B": "benefit", "C": "condition", "X": "exclusion"}


def names() -> list[str]:
    """Return the names of all written wordings."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def build(name: str, folder: Path, form: str = "pdf") -> dict:
    """Write a wording as PDF, Markdown or text to a folder and return its gold."""
    first, *lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    language, layout = first.split()
    wording = Wording()
    for line in lines:
        if line.strip():
            wording.read(line)
    target = folder / f"{name}.{form}"
    if form == "pdf":
        pages = render.render(wording.blocks, target, layout)
    else:
        pages = PLAIN[form](wording.blocks, target)
    wording.settle()
    for item in wording.gold:
        item |= {"pages": list(range(1, pages + 1)), "page": 1}
    text = "\n".join(
        "\n".join(" ".join(row) for row in content) if kind == "table" else content
        for kind, content in wording.blocks
    )
    return {
        "document": target.name,
        "language": language,
        "pages": pages,
        "items": wording.gold,
        "text": text,
    }


class Wording:
    """Blocks to render, and the gold of their sentences."""

    def __init__(self) -> None:
        self.blocks: list[tuple] = []
        self.gold: list[dict] = []
        self.segment = self.benefit = self.lead = self.exclusion = None

    def read(self, line: str) -> None:
        """Take one line."""
        sign, _, rest = line.partition(" ")
        if sign in ("=", "#", "##"):
            self.heading({"=": "title", "#": "h1", "##": "h2"}[sign], rest)
        elif sign in ("||", "|"):
            self.row(rest, first=sign == "||")
        else:
            self.paragraph(line)

    def settle(self) -> None:
        """Replace names of segments in tables by their ids."""
        ids = {
            name: g["id"] for g in self.gold if g["kind"] == "segment" for name in (*g["names"], g["quote"])
        }
        for item in self.gold:
            item["parent"] = ids.get((item["parent"] or "").replace("_", " "), item["parent"])
        rows = {g["quote"].split(" | ")[0]: g["parent"] for g in self.gold if g["kind"] == "limit"}
        for item in self.gold:
            if item["parent"] is None and " | " in item["quote"]:
                item["parent"] = rows.get(item["quote"].split(" | ")[0])

    def add(self, kind: str, quote: str, parent: str | None, **facts) -> str:
        """Note a gold item and return its id."""
        name = f"g{len(self.gold) + 1}"
        self.gold.append({"id": name, "kind": kind, "parent": parent, "quote": quote, **facts})
        return name

    def heading(self, kind: str, rest: str) -> None:
        words, _, facts = rest.partition(" @")
        self.blocks.append((kind, words))
        self.benefit = None
        if kind == "h2" or facts.strip() == "same" or (kind == "title" and not facts):
            return
        if facts.strip() == "none":
            self.segment = None
            return
        optional = {"optional": True} if facts.strip() == "opt" else {}
        titles = [words] if optional or not facts else [each.strip() for each in facts.split("/")]
        self.segment = self.add("segment", words, None, names=titles, **optional)

    def row(self, rest: str, *, first: bool) -> None:
        words, _, facts = rest.partition(" @")
        cells = [cell.strip() for cell in words.split("|")]
        if first:
            self.blocks.append(("table", []))
        table = self.blocks[-1][1]
        table.append(cells)
        for fact in filter(None, map(str.strip, facts.split(";"))):
            column, _, statement = fact.partition(" ")
            if statement[:2] in ("B ", "XX", "LL"):
                self.benefit = None if statement[0] == "B" else self.benefit
                self.note(cells[int(column)], statement.replace("XX", "X").replace("LL", "L"), {})
                continue
            quote = f"{cells[0]} | {cells[int(column)]}"
            plan = table[0][int(column)]
            if statement == "X":
                either = ["benefit", "limit"]
                self.add("exclusion", quote, None, optional=True, also=either, plan=plan)
                continue
            limit = limit_of(statement)
            parent = limit.pop("seg", None) or self.benefit or self.segment
            if limit.pop("noplan", None) or len(cells) < 3:
                self.add("limit", quote, parent, **limit)
            else:
                self.add("limit", quote, parent, plan=plan, **limit)

    def paragraph(self, line: str) -> None:
        listed, goes_on = line.startswith("- "), line.startswith("+ ")
        line = line.removeprefix("- ").removeprefix("+ ")
        label = re.match(r"\[\[(.*?)\]\] ?", line)
        pieces = line[label.end() if label else 0 :].split(" ~ ")
        words = []
        if not listed and not goes_on:
            self.benefit = None
        for piece in pieces:
            text, _, facts = piece.partition(" @")
            words.append(text.strip())
            for fact in filter(None, map(str.strip, facts.split(";"))):
                self.note(words[-1], fact, {"lead": self.lead} if listed and self.lead else {})
        if not listed:
            self.lead = words[-1]
        mark = f"{label[1]} " if label else ""
        self.blocks.append(("li" if listed else "p", mark + " ".join(words)))

    def note(self, text: str, fact: str, lead: dict) -> None:
        sign, _, rest = fact.partition(" ")
        if sign == "L":
            self.add("limit", text, self.benefit or self.segment, **limit_of(rest))
            return
        titles, facts = self.facts(rest)
        kind = KINDS[sign]
        if kind == "benefit":
            titles = titles or [" ".join(text.split()[:4])]
            polarity = {} if "exclusion" in facts.get("also", []) else {"included": True}
            self.benefit = self.add(kind, text, self.segment, names=titles, **polarity, **facts, **lead)
        elif kind == "exclusion":
            self.exclusion = self.add(kind, text, self.segment, **facts, **lead)
        else:
            self.add(kind, text, self.benefit or self.segment, **facts, **lead)

    def facts(self, rest: str) -> tuple[list[str], dict]:
        """Return the names and the facts of a benefit, condition or exclusion."""
        titles: list[str] = []
        facts: dict = {}
        for word in filter(None, map(str.strip, rest.split("&"))):
            if word == "opt":
                facts["optional"] = True
            elif word == "ex":
                facts["exception_to"] = self.exclusion
            elif word.startswith("also="):
                facts["also"] = word[5:].split(",")
            elif word.startswith("val="):
                value, unit = word[4:].split(",")
                facts |= {"value": value, "unit": unit, "value_optional": True}
            else:
                titles += [title.strip() for title in word.split("/")]
        return titles, facts


def limit_of(statement: str) -> dict:
    """Return the facts of a limit: `500 EUR per=event also=condition opt`, or `inf`."""
    words = statement.split()
    facts: dict = {"unlimited": True} if words[0] == "inf" else {"value": words[0], "unit": words[1]}
    for word in words[1 if words[0] == "inf" else 2 :]:
        name, _, value = word.partition("=")
        if word == "opt":
            facts["optional"] = True
        else:
            facts[name] = value.split(",") if name in ("per", "also", "refs") else value
    return facts
