"""A text in chunks that a language model reads one by one: whole paragraphs, none in two."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHUNK_CHARACTERS = 6000  # some 2,000 tokens of German: its items fit into one answer
LEAST_HALVED = 1200  # a chunk below that is asked again with room for a longer answer, not in halves
PARAGRAPH = re.compile(r"\n\s*\n|\n")


@dataclass(frozen=True)
class Chunk:
    """`text[start:end]` of a document."""

    start: int
    end: int


def chunks_of(text: str, size: int) -> list[Chunk]:
    """Return the chunks of a text, each up to `size` characters but for a paragraph that is longer alone."""
    chunks: list[Chunk] = []
    for start, end in paragraphs(text):
        if chunks and end - chunks[-1].start <= size:
            chunks[-1] = Chunk(chunks[-1].start, end)
        else:
            chunks.append(Chunk(start, end))
    return chunks


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return where the paragraphs of a text begin and end, blank ones left out."""
    spans, start = [], 0
    for gap in PARAGRAPH.finditer(text):
        if text[start : gap.start()].strip():
            spans.append((start, gap.start()))
        start = gap.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def halves(text: str, chunk: Chunk) -> list[Chunk]:
    """Return a chunk's two halves, cut between paragraphs where there are several; itself where it is short."""
    if chunk.end - chunk.start < LEAST_HALVED:
        return [chunk]
    middle = (chunk.start + chunk.end) // 2
    cuts = [chunk.start + gap.end() for gap in PARAGRAPH.finditer(text[chunk.start : chunk.end])]
    inner = [cut for cut in cuts if chunk.start < cut < chunk.end]
    cut = min(inner or [middle], key=lambda each: abs(each - middle))
    return [Chunk(chunk.start, cut), Chunk(cut, chunk.end)]
