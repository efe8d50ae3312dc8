"""A PDF page's characters as words: their text, place as shown, size, weight and text object."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from workers.documents.tree import Rect

HYPHENS = {0x02: "-", 0xFFFE: "-", 0x2010: "-", 0x2011: "-"}  # PDFium's signs for a hyphen at a line's end
SPACES = frozenset((0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F, 0x200B))
LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
SOFT_HYPHEN = 0xAD
HYPHEN, LOST_HYPHEN, NO_LETTER = 0x2D, 0x02, 0xFFFD
NOT_UNICODE = frozenset((*range(9), *range(14, 32), 0xFFFD))
PRIVATE = range(0xE000, 0xF900)  # of the fonts' makers: a bullet where it stands alone, else no letter
BOLD_WEIGHT = 600
GAP_EM = 0.18  # a gap wider than this share of the size parts two words where PDFium put no blank
RAISED = 0.82  # a sign this much smaller than the word before, and raised, is a note's mark


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page's own coordinates become those of the page as shown: box and quarter turns."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height as shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def shown(self, left: float, bottom: float, right: float, top: float) -> Rect:
        """Return a box of the page's coordinates as shown: points, top-left origin."""
        if self.turns == 1:
            return (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        if self.turns == 2:
            return (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        if self.turns == 3:
            return (self.top - top, self.right - right, self.top - bottom, self.right - left)
        return (left - self.left, self.top - top, right - self.left, self.top - bottom)


@dataclass(slots=True)
class Word:
    """A word as shown. `turn` counts quarter turns clockwise of its baseline; `mark` is a note's sign."""

    text: str
    rect: Rect
    size: float
    bold: bool
    turn: int
    object_id: int
    source: str = "text"
    mark: bool = False
    bad: int = 0  # characters whose code means nothing


@dataclass(slots=True)
class TextObject:
    """What of a text object all its characters share."""

    handle: Any
    size: float
    bold: bool
    turn: int
    mode: int
    color: tuple[int, int, int, int]


@dataclass(slots=True)
class PageWords:
    """The words of a page and the text objects that they were drawn by."""

    words: list[Word] = field(default_factory=list)
    objects: dict[int, TextObject] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)  # words outside the page as shown
    chars: int = 0
    bad: int = 0


def frame_of(page: Any) -> Frame:
    """Return the frame of a page: CropBox within MediaBox, and /Rotate."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    return Frame(box.left, box.bottom, box.right, box.top, pdfium.FPDFPage_GetRotation(page) % 4)


def page_words(textpage: Any, frame: Frame) -> PageWords:
    """Return the words of a page in drawing order, those that are hidden included."""
    result = PageWords()
    reader = _WordReader(result, frame)
    get_code, get_box, get_object = (
        pdfium.FPDFText_GetUnicode,
        pdfium.FPDFText_GetLooseCharBox,
        pdfium.FPDFText_GetTextObject,
    )
    box = pdfium.FS_RECTF()
    target = ctypes.byref(box)
    for index in range(max(pdfium.FPDFText_CountChars(textpage), 0)):
        code = get_code(textpage, index)
        if code in SPACES:
            reader.end()
            continue
        if code == SOFT_HYPHEN:
            reader.soft()
            continue
        get_box(textpage, index, target)
        if code == LOST_HYPHEN:
            code = HYPHEN if _ends_line(textpage, index, box) else NO_LETTER
        handle = get_object(textpage, index)
        reader.add(code, (box.left, box.bottom, box.right, box.top), handle)
    reader.end()
    return result


def _ends_line(textpage: Any, index: int, box: Any) -> bool:
    """Say whether the next sign stands on another line: PDFium gives a hyphen there a code of its own."""
    if index + 1 >= pdfium.FPDFText_CountChars(textpage):
        return True
    if pdfium.FPDFText_GetUnicode(textpage, index + 1) in SPACES:
        return True
    following = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(textpage, index + 1, following)
    size = max(abs(box.top - box.bottom), abs(box.right - box.left), 1.0)
    apart = max(abs(following.bottom - box.bottom), abs(following.left - box.right))
    return bool(apart > 0.5 * size)


class _WordReader:
    """Gathers characters to words; a word ends at a blank, a gap, another baseline or a raised mark."""

    def __init__(self, result: PageWords, frame: Frame) -> None:
        self.result, self.frame = result, frame
        self.objects = result.objects
        self.width, self.height = frame.size
        self.text: list[str] = []
        self.box: Rect = (0, 0, 0, 0)
        self.key = 0
        self.bad = 0
        self.mark = False
        self.last: Rect = (0, 0, 0, 0)

    def add(self, code: int, raw: Rect, handle: Any) -> None:
        key = ctypes.c_void_p.from_buffer(handle).value or 0
        item = self.objects.get(key)
        if item is None:
            item = self.objects[key] = _text_object(handle, self.frame, raw)
        rect = self.frame.shown(*raw)
        if self.text and self._parted(rect, key, item, code):
            marked = self._is_mark(rect, key, code)
            self.end()
            self.mark = marked
        if not self.text:
            self.box, self.key = rect, key
        else:
            old = self.box
            self.box = (
                min(old[0], rect[0]),
                min(old[1], rect[1]),
                max(old[2], rect[2]),
                max(old[3], rect[3]),
            )
        self.text.append(_letter(code))
        self.last = rect
        self.result.chars += 1
        self.bad += code in NOT_UNICODE or code in PRIVATE

    def soft(self) -> None:
        """Take a soft hyphen: shown only where a line ends, told there by what follows."""
        if self.text:
            self.text.append("\u00ad")

    def end(self) -> None:
        """Close the word that is open."""
        if not self.text:
            return
        text = "".join(self.text)
        if len(text) > 1 or ord(text) in NOT_UNICODE:
            self.result.bad += self.bad
        item = self.objects[self.key]
        box = self.box
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not (0 <= middle[0] <= self.width and 0 <= middle[1] <= self.height):
            self.result.outside.append(text)
        else:
            rect = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], self.width), min(box[3], self.height))
            size = _thickness(box, item.turn)
            word = Word(text, rect, size, item.bold, item.turn, self.key, mark=self.mark, bad=self.bad)
            self.result.words.append(word)
        self.text, self.bad, self.mark = [], 0, False

    def _parted(self, rect: Rect, key: int, item: TextObject, code: int) -> bool:
        """Say whether a character begins another word than the open one."""
        last = self.last
        thick = _thickness(last, item.turn) or 1.0
        if item.turn % 2:
            gap = rect[1] - last[3] if item.turn == 1 else last[1] - rect[3]
            off = abs(rect[0] - last[0])
        else:
            gap = rect[0] - last[2] if item.turn == 0 else last[0] - rect[2]
            off = abs(rect[3] - last[3])
        if self._is_mark(rect, key, code):
            return True
        return off > 0.35 * thick or gap > GAP_EM * thick * 2.2 or gap < -1.5 * thick

    def _is_mark(self, rect: Rect, key: int, code: int) -> bool:
        """Say whether a character is a small raised sign behind the word that is open."""
        turn = self.objects[key].turn
        if turn or key == self.key:
            return False
        small = 0 < _thickness(rect, turn) < RAISED * _thickness(self.last, turn)
        raised = rect[3] < self.last[3] - 0.12 * (self.last[3] - self.last[1])
        return small and raised and chr(code) in "0123456789*†‡§abc)"


def _letter(code: int) -> str:
    if code in HYPHENS:
        return HYPHENS[code]
    return LIGATURES.get(code) or chr(code)


def _thickness(rect: Rect, turn: int) -> float:
    return rect[2] - rect[0] if turn % 2 else rect[3] - rect[1]


def _text_object(handle: Any, frame: Frame, raw: Rect) -> TextObject:
    """Read what a text object's characters share; one that PDFium made up has no handle."""
    if not handle:
        return TextObject(None, raw[3] - raw[1], bold=False, turn=0, mode=0, color=(0, 0, 0, 255))
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(handle, matrix)
    red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)
    font = pdfium.FPDFTextObj_GetFont(handle)
    color = (red.value, green.value, blue.value, alpha.value)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    size = raw[3] - raw[1]
    return TextObject(handle, size, _is_bold(font), _turn(matrix, frame), mode, color)


def _is_bold(font: Any) -> bool:
    if not font:
        return False
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, name, 128)
    weight = pdfium.FPDFFont_GetWeight(font)
    lower = name.value.lower()
    return bool(weight >= BOLD_WEIGHT) or b"bold" in lower or b"black" in lower or b"heavy" in lower


def _turn(matrix: Any, frame: Frame) -> int:
    """Return the quarter turns, clockwise as shown, of a baseline drawn with a matrix."""
    level = abs(matrix.a) >= abs(matrix.b)
    own = (0 if matrix.a >= 0 else 2) if level else (3 if matrix.b > 0 else 1)  # b > 0 leads upwards
    return (own + frame.turns) % 4
