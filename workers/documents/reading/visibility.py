"""Which words a viewer does not show: found by what the page looks like without them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from workers.documents.reading.words import Frame, PageWords, TextObject, Word
    from workers.documents.tree import Rect

SMALLEST = 0.5  # points: text that is smaller is not read by any person
LIGHT = 170  # of 255: fill colours with all parts above may vanish on white paper
FAINT = 40  # of 255: text less opaque than this may vanish anywhere
SEEN = 16  # of 255: the least change of a pixel that an eye may see
SCALE = 2.0  # pixels a point
MOST_PIXELS = 40_000_000  # a page larger than this is looked at in less detail
INVISIBLE, CLIP = 3, 7  # text render modes
MOST_OBJECTS = 20_000


@dataclass(frozen=True, slots=True)
class Cover:
    """Something opaque that is drawn, and when."""

    order: int
    rect: Rect
    image: bool


def split_hidden(page: Any, read: PageWords, frame: Frame) -> tuple[list[Word], list[Word]]:
    """Return the words that are shown and those that are not.

    Invisible text over an image is the layer of an OCR program: it is read, with source `ocr`.
    """
    covers, orders, layered = _drawn(page, frame)
    suspects: list[Word] = []
    shown: list[Word] = []
    hidden: list[Word] = []
    for word in read.words:
        item = read.objects[word.object_id]
        if word.size < SMALLEST:
            hidden.append(word)
        elif _is_suspect(word, item, covers, orders.get(word.object_id, -1), layered):
            suspects.append(word)
        else:
            shown.append(word)
    if suspects:
        seen = _seen(page, suspects, read.objects, _scale(frame))
        for word in suspects:
            over_image = any(cover.image and _inside(word.rect, cover.rect) for cover in covers)
            if id(word) in seen:
                shown.append(word)
            elif read.objects[word.object_id].mode == INVISIBLE and over_image:
                word.source = "ocr"
                shown.append(word)
            else:
                hidden.append(word)
        places = {id(word): number for number, word in enumerate(read.words)}
        shown.sort(key=lambda word: places[id(word)])
    return shown, hidden


def image_share(page: Any, frame: Frame) -> float:
    """Return which share of a page its images cover."""
    covers, _, _ = _drawn(page, frame)
    width, height = frame.size
    areas = [_area(cover.rect) for cover in covers if cover.image]
    return min(sum(areas) / (width * height or 1), 1.0)


def _area(rect: Rect) -> float:
    return max(rect[2] - rect[0], 0.0) * max(rect[3] - rect[1], 0.0)


def _drawn(page: Any, frame: Frame) -> tuple[list[Cover], dict[int, int], bool]:
    """Return what covers, each text object's turn, and whether anything is on a layer that may be off."""
    covers: list[Cover] = []
    orders: dict[int, int] = {}
    layered = False
    box = tuple(ctypes.c_float() for _ in range(4))
    for order in range(min(pdfium.FPDFPage_CountObjects(page), MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, order)
        kind = pdfium.FPDFPageObj_GetType(item)
        layered = layered or _on_layer(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            orders[ctypes.cast(item, ctypes.c_void_p).value or 0] = order
            continue
        image = kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)
        if (image or _is_filled(item, kind)) and pdfium.FPDFPageObj_GetBounds(item, *box):
            rect = frame.shown(box[0].value, box[1].value, box[2].value, box[3].value)
            covers.append(Cover(order, rect, kind == pdfium.FPDF_PAGEOBJ_IMAGE))
    return covers, orders, layered


def _is_filled(item: Any, kind: int) -> bool:
    if kind == pdfium.FPDF_PAGEOBJ_FORM:
        return True
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroke)
    return bool(mode.value != pdfium.FPDF_FILLMODE_NONE)


def _on_layer(item: Any) -> bool:
    """Say whether an object is marked as content of a layer."""
    for index in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        name = ctypes.create_string_buffer(16)
        length = ctypes.c_ulong()
        pdfium.FPDFPageObjMark_GetName(mark, ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort)), 16, length)
        if name.raw[:4] == "OC".encode("utf-16-le"):
            return True
    return False


def _is_suspect(word: Word, item: TextObject, covers: Sequence[Cover], order: int, layered: bool) -> bool:  # noqa: FBT001
    if layered or item.mode in (INVISIBLE, CLIP) or item.color[3] < FAINT or min(item.color[:3]) >= LIGHT:
        return True
    return any(cover.order > order and _inside(word.rect, cover.rect) for cover in covers)


def _inside(rect: Rect, other: Rect) -> bool:
    """Say whether a box's middle lies in another box."""
    x, y = (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _scale(frame: Frame) -> float:
    width, height = frame.size
    return float(min(SCALE, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5))


def _seen(page: Any, words: Sequence[Word], objects: dict[int, TextObject], scale: float) -> set[int]:
    """Return the words without which the page looks different."""
    handles = [objects[key].handle for key in {word.object_id for word in words} if objects[key].handle]
    whole = _picture(page, scale)
    _activate(handles, active=False)
    without = _picture(page, scale)
    _activate(handles, active=True)
    changed = np.abs(whole.astype(np.int16) - without.astype(np.int16)).max(axis=2) >= SEEN  # (height, width)
    return {id(word) for word in words if _any_in(changed, word.rect, scale)}


def _any_in(changed: NDArray[np.bool_], rect: Rect, scale: float) -> bool:
    left, top, right, bottom = (round(value * scale) for value in rect)
    return bool(changed[top : max(bottom, top + 1), left : max(right, left + 1)].any())


def _activate(handles: Iterable[Any], *, active: bool) -> None:
    for handle in handles:
        pdfium.FPDFPageObj_SetIsActive(handle, active)


def _picture(page: Any, scale: float) -> NDArray[np.uint8]:
    """Return the page as shown, of shape (height, width, 3)."""
    bitmap = picture(page, scale)
    try:
        pixels: NDArray[np.uint8] = bitmap.to_numpy()[:, :, :3].copy()
        return pixels
    finally:
        bitmap.close()


def picture(page: Any, scale: float, *, gray: bool = False) -> Any:
    """Return a page's bitmap at so many pixels a point; comments are not drawn."""
    import pypdfium2  # noqa: PLC0415 - the page may come from either of its layers

    helper = page if isinstance(page, pypdfium2.PdfPage) else pypdfium2.PdfPage(page, None, None)
    return helper.render(scale=scale, grayscale=gray, draw_annots=False, may_draw_forms=False)
