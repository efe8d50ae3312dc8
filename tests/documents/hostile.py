"""PDF files made to break what reads them, each of one trick; all are small."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

BOX = b"[0 0 595 842]"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WORDS = b"BT /F1 11 Tf 60 780 Td (We pay up to EUR 500 for each claim.) Tj ET"
MB = 1 << 20


def pdf(objects: list[bytes], *, trailer: bytes = b"", root: int = 1) -> bytes:
    """Return a file of objects, numbered from 1, with a table of where they stand."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root %d 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, root, trailer, start,
    )  # fmt: skip
    return bytes(out)


def stream(content: bytes, facts: bytes = b"") -> bytes:
    """Return a stream object of content as it is."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), facts, content)


def packed(content: bytes, facts: bytes = b"") -> bytes:
    """Return a stream object, deflated."""
    return stream(zlib.compress(content, 9), b"/Filter/FlateDecode" + facts)


def bomb(size: int, facts: bytes = b"", unit: bytes = b"\0" * MB) -> bytes:
    """Return a stream object that is deflated from so many bytes, made without holding them."""
    squeeze = zlib.compressobj(9)
    parts = [squeeze.compress(unit) for _ in range(size // len(unit))]
    return stream(b"".join([*parts, squeeze.flush()]), b"/Filter/FlateDecode" + facts)


def page(content: bytes, *more: bytes, box: bytes = BOX, resources: bytes = b"", facts: bytes = b"") -> bytes:
    """Return a file of one page with a content stream; `more` are objects from the sixth on."""
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R%b>>" % facts,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox%b/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%b>>>>" % (box, resources),
        content,
        FONT,
        *more,
    ])  # fmt: skip


def image(facts: bytes, content: bytes) -> bytes:
    """Return a page with one picture over all of it, and words."""
    body = stream(content, b"/Type/XObject/Subtype/Image" + facts)
    drawn = stream(b"q 595 0 0 842 0 0 cm /I Do Q " + WORDS)
    return page(drawn, body, resources=b"/XObject<</I 6 0 R>>")


def _doubling_forms(levels: int) -> bytes:
    """Return a page that draws a form twice, which draws another twice, and so on."""
    forms = []
    for level in range(levels):
        last = level == levels - 1
        inner = b"" if last else b"/Resources<</XObject<</X %d 0 R>>>>" % (7 + level)
        drawn = b"0 0 1 1 re f" if last else b"/X Do /X Do"
        forms.append(stream(drawn, b"/Type/XObject/Subtype/Form/BBox" + BOX + inner))
    return page(stream(WORDS + b" /X Do"), *forms, resources=b"/XObject<</X 6 0 R>>")


def _object_stream(count: int) -> bytes:
    """Return a file whose object stream says that it holds many more objects than it does."""
    held = b"1 0 2 40 <</Type/Catalog/Pages 2 0 R>>          <</Type/Pages/Kids[]/Count 0>>"
    first = b"%PDF-1.7\n"
    body = b"3 0 obj\n%b\nendobj\n" % packed(held, b"/Type/ObjStm/N %d/First 8" % count)
    entries = struct.pack(">BHB", 0, 0, 0) + struct.pack(">BHB", 2, 3, 0) + struct.pack(">BHB", 2, 3, 1)
    entries += struct.pack(">BHB", 1, len(first), 0)
    facts = b"/Type/XRef/Size 4/W[1 2 1]/Root 1 0 R"
    start = len(first) + len(body)
    return first + body + b"4 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (packed(entries, facts), start)


def _many_pages(kids: int, count: int) -> bytes:
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"3 0 R " * kids, count),
        b"<</Type/Page/Parent 2 0 R/MediaBox%b/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>" % BOX,
        stream(WORDS),
        FONT,
    ])  # fmt: skip


def _pages_within_pages() -> bytes:
    """Return a file whose page tree is its own child."""
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 4/Parent 2 0 R>>"])


def _previous_loop() -> bytes:
    """Return a file whose table of places says that the one before it is itself."""
    whole = page(stream(WORDS))
    start = whole.rindex(b"xref\n0 ")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def _attached(content: bytes, name: bytes = b"bomb.txt") -> bytes:
    names = b"/Names<</EmbeddedFiles<</Names[(%b) 6 0 R]>>>>" % name
    spec = b"<</Type/Filespec/F(%b)/UF(%b)/EF<</F 7 0 R>>>>" % (name, name)
    return page(stream(WORDS), spec, content, facts=names)


def _jbig2(width: int, height: int) -> bytes:
    """Return a JBIG2 stream of one page of a size, with nothing on it."""
    info = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    return struct.pack(">IBBBI", 0, 48, 0, 1, len(info)) + info


def _jpx(width: int, height: int) -> bytes:
    """Return a JPEG 2000 code stream's head of a size, cut off behind it."""
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, width, height, 0, 0, 3) + b"\x07\x01\x01" * 3
    style = b"\xff\x52\x00\x0c\x00\x00\x00\x01\x00\x05\x04\x04\x00\x00"
    quantity = b"\xff\x5c\x00\x13\x40" + b"\x48" * 16
    tile = b"\xff\x90\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x01\xff\x93" + b"\x00" * 64
    return (
        b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size + style + quantity + tile + b"\xff\xd9"
    )


def _named_images(count: int) -> bytes:
    drawn = b"".join(b"q 1 0 0 1 %d %d cm 0 0 40 40 re f Q\n" % (i % 500, i // 500) for i in range(count))
    words = b"".join(b"BT /F1 1 Tf %d %d Td (word) Tj ET\n" % (i % 500, i // 500) for i in range(count))
    return page(packed(words + drawn))


GRAY = b"/ColorSpace/DeviceGray/BitsPerComponent 1"
WIDE = b"/Width 60000/Height 60000" + GRAY
FILES: dict[str, Callable[[], bytes]] = {  # by the name of their trick
    "arrays-in-arrays": lambda: page(stream(WORDS), b"[" * 200_000 + b"]" * 200_000, facts=b"/Extra 6 0 R"),
    "arrays-in-the-page-tree": lambda: pdf([b"<</Type/Catalog/Pages %b 2 0 R>>" % (b"[" * 100_000)]),
    "states-in-states": lambda: page(packed(b"q " * 2_000_000 + WORDS)),
    "forms-that-double": lambda: _doubling_forms(30),
    "a-form-in-itself": lambda: page(
        stream(WORDS + b" /X Do"),
        stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox" + BOX + b"/Resources<</XObject<</X 6 0 R>>>>"),
        resources=b"/XObject<</X 6 0 R>>",
    ),
    "an-object-stream-that-lies": lambda: _object_stream(2_000_000_000),
    "a-table-before-itself": _previous_loop,
    "a-root-that-is-itself": lambda: pdf([b"1 0 R"]),
    "a-length-that-is-itself": lambda: page(b"<</Length 4 0 R>>\nstream\n" + WORDS + b"\nendstream"),
    "pages-within-pages": _pages_within_pages,
    "pages-that-are-not-there": lambda: _many_pages(1, 2_000_000_000),
    "one-page-many-times": lambda: _many_pages(5_000, 5_000),
    "a-page-of-miles": lambda: page(stream(WORDS + b" 1 1 1 rg " + WORDS), box=b"[0 0 2000000 2000000]"),
    "a-page-of-meters": lambda: page(
        stream(b"1 1 1 rg " + WORDS + b" 0 g " + WORDS.replace(b"60 780", b"60 700")), box=b"[0 0 14400 14400]"
    ),
    "a-page-of-nothing": lambda: page(stream(WORDS), box=b"[0 0 0 0]"),
    "content-of-a-gigabyte": lambda: page(bomb(512 * MB, unit=b" " * MB)),
    "content-of-many-words": lambda: page(bomb(64 * MB, unit=(WORDS + b"\n") * 14563)),
    "content-deflated-twice": lambda: page(
        stream(zlib.compress(zlib.compress(b" " * (300 * MB), 9), 9), b"/Filter[/FlateDecode/FlateDecode]")
    ),
    "a-picture-of-gigapixels": lambda: image(WIDE + b"/Filter/FlateDecode", zlib.compress(b"\0" * 1000)),
    "a-picture-that-unfolds": lambda: page(
        stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
        bomb(448 * MB, b"/Type/XObject/Subtype/Image" + WIDE),
        resources=b"/XObject<</I 6 0 R>>",
    ),
    "jbig2-of-gigapixels": lambda: image(WIDE + b"/Filter/JBIG2Decode", _jbig2(60_000, 60_000)),
    "jbig2-of-most-pixels": lambda: image(
        b"/Width 4294967295/Height 4294967295" + GRAY + b"/Filter/JBIG2Decode", _jbig2(4294967295, 4294967295)
    ),
    "jpx-of-gigapixels": lambda: image(b"/Width 60000/Height 60000/Filter/JPXDecode", _jpx(60_000, 60_000)),
    "an-attached-bomb": lambda: _attached(bomb(512 * MB, b"/Type/EmbeddedFile")),
    "an-attached-document-within": lambda: _attached(stream(_attached(stream(page(stream(WORDS))), b"b.pdf")), b"a.pdf"),
    "covers-over-words": lambda: _named_images(20_000),
    "letters-of-a-font-that-lies": lambda: page(
        stream(WORDS), b"", facts=b"", resources=b"/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 6 0 R>>>>"
    ),
}  # fmt: skip
