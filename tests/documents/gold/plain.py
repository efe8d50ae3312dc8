"""Blocks as Markdown, as Markdown whose lists and tables are HTML, and as text whose tables stand in columns of blanks."""

from __future__ import annotations

from html import escape
from itertools import groupby, pairwise
from pathlib import Path

MARKS = {"title": "# ", "h1": "## ", "h2": "### ", "li": "- ", "p": ""}


def markdown(blocks: list[tuple], target: Path) -> int:
    """Write Markdown and return how many pages it has."""
    parts = [
        _pipes(content) if kind == "table" else MARKS[kind] + content.replace("*", "\\*")
        for kind, content in blocks
    ]
    return _write(blocks, parts, target)


def hypertext(blocks: list[tuple], target: Path) -> int:
    """Write Markdown with headings of its own, and HTML for paragraphs, lists and tables."""
    parts = []
    for kind, run in groupby(blocks, key=lambda block: block[0]):
        contents = [content for _, content in run]
        if kind == "li":
            items = "\n".join(f"  <li>{escape(each, quote=False)}</li>" for each in contents)
            parts.append(f"<ul>\n{items}\n</ul>")
        elif kind == "table":
            parts += [_tagged(each) for each in contents]
        elif kind == "p":
            parts += [f"<p>{escape(each, quote=False)}</p>" for each in contents]
        else:
            parts += [MARKS[kind] + each for each in contents]
    target.write_text("\n\n".join(parts) + "\n", "utf-8")
    return 1


def _tagged(rows: list[list[str]]) -> str:
    lines = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        cells = "".join(f"<{tag}>{escape(cell, quote=False)}</{tag}>" for cell in row)
        lines.append(f"  <tr>{cells}</tr>")
    return "\n".join(["<table>", *lines, "</table>"])


def text(blocks: list[tuple], target: Path) -> int:
    """Write plain text and return how many pages it has."""
    parts = [
        _padded(content) if kind == "table" else ("- " if kind == "li" else "") + content
        for kind, content in blocks
    ]
    return _write(blocks, parts, target)


def _write(blocks: list[tuple], parts: list[str], target: Path) -> int:
    kinds = [kind for kind, _ in blocks] + [None]
    ends = ["\n" if pair == ("li", "li") else "\n\n" for pair in pairwise(kinds)]
    target.write_text("".join(part + end for part, end in zip(parts, ends, strict=True)), "utf-8")
    return 1


def _pipes(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _padded(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
