"""Which blocks are headings, by type, label and length, and which belong to a table of contents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.understanding.labels import label_of, role_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.model import Block

TERMINAL = re.compile(r"[.;:!?,][\"“”»)]*$")
LEADERS = re.compile(r"[.…·]{4,}\s*\d*\s*$|\.{4,}")
CONTENTS = re.compile(r"^(?:inhalt(?:sverzeichnis|sübersicht)?|(?:table of )?contents|index)$", re.IGNORECASE)
ASKS_WHAT = re.compile(  # as a line of its own
    r"^(?:what (?:is|are|we|you(?:'re| are)|this \w+) [^.:;,]{0,40}\b(?:covered?s?|insured?|pay|includes?d?)|was (?:ist|sind|wir) [^.:;,]{0,40}(?:versichert|gedeckt|(?:ersetz|zahl|leist|deck)en))\??$",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"^(?:was|wie|wann|wo|wer|wofür|welche[rs]?|what|how|when|where|who|which|why)\b", re.IGNORECASE
)
LETTERED = ("bullet", "letter", "dotted", "double", "small_roman")
LONGEST_PLAIN = 9  # words of a heading without a label in plain text
AMOUNT = re.compile(r"\d[\d'.,]{0,20}\s?(?:%|EUR|CHF|€|£)|(?:EUR|CHF|£|€)\s?\d")
LONGEST_HEADING = 14  # words
LEAST_STYLED = 3  # headings in larger or bold type, from which others are none


SAYS_WHAT = re.compile(  # as a line of its own with no list behind it
    r"^(?:you (?:are|will be) (?:not )?(?:covered|insured)|we (?:do |will )?(?:not )?(?:cover|pay|insure))(?: for)?:?$|^(?:nicht )?(?:versichert|gedeckt) (?:ist|sind):?$|^(?:special )?(?:conditions?|exclusions?)$|^(?:besondere )?(?:bedingung|voraussetzung|obliegenheit)(?:en)?$|^(?:ausschlüsse|ausnahmen)$",
    re.IGNORECASE,
)


class Headings:
    """Tells headings among the blocks of a text."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self.text, self.blocks = text, blocks
        sizes = [b.size for b in blocks if b.kind == "text" and b.size and len(text[b.start : b.end]) > 60]
        self.body = sorted(sizes)[len(sizes) // 2] if sizes else 0.0
        self.styles_headings = sum(self._is_styled(block) for block in blocks) >= LEAST_STYLED
        self.in_contents = False
        self.is_plain = not self.body and all(b.level is None for b in blocks)

    def is_contents(self, text: str, index: int) -> bool:
        """Say whether a block belongs to a table of contents: its title, or a line that ends in a page number."""
        if CONTENTS.match(text.strip()) and self._lists_pages(index):
            self.in_contents = True
            return True
        if LEADERS.search(text):
            return True
        if self.in_contents and re.search(r"\s\d{1,3}$", text) and len(text.split()) <= LONGEST_HEADING:
            return True
        self.in_contents = False
        return False

    def _lists_pages(self, index: int) -> bool:
        """Say whether the block behind one ends in a page's number, as in a table of contents."""
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        words = self.text[following.start : following.end] if following else ""
        return bool(LEADERS.search(words) or re.search(r"\s\d{1,3}$", words))

    def _stands_alone(self, text: str, index: int) -> bool:
        """Say whether a line of plain text without a label is a heading: short, no sentence, with something below."""
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        if following is None or len(text.split()) > LONGEST_PLAIN or TERMINAL.search(text):
            return False
        if not (text[0].isupper() or text[0].isdigit()) or _has_verb(text) or AMOUNT.search(text):
            return False
        if index == 0 or role_of(text) in ("exclusion", "condition"):
            return True
        return label_of(self.text[following.start : following.end])[1] not in ("bullet", "letter")

    def _leads_list(self, index: int) -> bool:
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        if following is None or following.kind in ("item", "table"):
            return True
        words = self.text[following.start : following.end]
        return words[:1].islower() or label_of(words)[1] in LETTERED

    def _is_styled(self, block: Block) -> bool:
        """Say whether a block is set as headings are: larger or bold, or marked as one."""
        if block.level is not None:
            return True
        return block.kind == "text" and bool(self.body) and (block.size > 1.06 * self.body or block.bold)

    def is_heading(self, block: Block, text: str, label: str, index: int) -> bool:
        """Say whether a block is a heading: markup, larger or bold type, or a short line with a label."""
        if block.level is not None:
            return True
        words = len(text.split())
        if words > LONGEST_HEADING or block.kind == "item":
            return False
        styled = self._is_styled(block)
        if styled and not re.search(r"[.;,]$", text):
            return True
        if ASKS_WHAT.match(text) or (SAYS_WHAT.match(text) and not self._leads_list(index)):
            return True
        if self.styles_headings:
            return False
        if text.endswith("?"):
            return words <= LONGEST_PLAIN
        if self.is_plain and not label:
            return self._stands_alone(text, index)
        return index + 1 < len(self.blocks) and _is_labelled_title(text, label)


def _is_labelled_title(text: str, label: str) -> bool:
    """Say whether a line with a label is a title: no sentence, no amount, no item of a list."""
    if not label or TERMINAL.search(text) or AMOUNT.search(text):
        return False
    bare = text[len(label) :].strip(" -–—:)")
    if not bare or bare[0].islower() or label_of(text)[1] in LETTERED:
        return False
    return bool(QUESTION.match(bare)) or not _has_verb(bare)


def _has_verb(text: str) -> bool:
    words = text.split()
    return len(words) > 2 and bool(
        re.search(
            r"\b(?:deckt|umfasst|übernimmt|includes?|ist|sind|wird|werden|gilt|gelten|hat|haben|muss|müssen|kann|leisten|zahlen|is|are|will|must|may|pay|covers?|applies)\b",
            text,
        )
    )
