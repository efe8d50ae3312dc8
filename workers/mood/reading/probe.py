"""What a file is, told in a moment: its beginning and its end, and the directory of an archive."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from workers.mood.reading import archive
from workers.mood.reading.auto_export import overview
from workers.mood.reading.encodings import utf8_chunks
from workers.mood.reading.errors import ExportError, NotAnExport
from workers.mood.reading.exact import ATTRIBUTE
from workers.mood.reading.files import HEAD_BYTES, kind_of
from workers.mood.reading.kinds import MEASURES
from workers.mood.reading.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOOKED_AT = 4 << 20  # bytes of the beginning, and of the end
VERSION = re.compile(rb"HealthKit Export Version:\s*(\d+)")
ROOT = re.compile(rb"<HealthData\b([^>]*)>")
EXPORTED = re.compile(rb"<ExportDate\b([^>]*)>")
OFFSET = re.compile(rb"""startDate\s*=\s*["'][\d-]{10} [\d:]{7,8} ([+-]\d{4})""")
ZONE = re.compile(rb"""key="HKTimeZone"\s+value="([A-Za-z0-9_+/-]{1,64})\"""")
DATE = re.compile(rb"""startDate\s*=\s*["'](\d{4}-\d\d-\d\d)""")
END = b"</HealthData>"


def probe(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Return what each file is, as far as its beginning and its end tell."""
    return [_probe(path) for path in paths]


def _probe(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    answer: dict[str, Any] = {"file": path.name, "size_bytes": size}
    with path.open("rb") as stream:
        kind = kind_of(stream.read(HEAD_BYTES))
        stream.seek(0)
        try:
            if kind == "zip":
                return answer | _of_archive(path)
            head = stream.read(LOOKED_AT)
            stream.seek(max(0, size - LOOKED_AT))
            return answer | _of_content(kind, head, stream.read(LOOKED_AT))
        except ExportError as error:
            return answer | {"kind": kind, "error": {"code": error.code, "detail": error.detail}}


def _of_archive(path: Path) -> dict[str, Any]:
    """Return what the exports in an archive are; their ends would have to be unpacked to, and are not."""
    with archive.opened(path) as opened:
        members = archive.health_members(opened, path.name)
        return {
            "kind": "zip",
            "members": len(opened.infolist()),
            "exports": [_of_member(opened, member) for member in members],
        }


def _of_member(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> dict[str, Any]:
    with opened.open(info) as member:
        head = member.read(LOOKED_AT)
    about = {"name": info.filename, "size_bytes": info.file_size, "packed_bytes": info.compress_size}
    return about | _of_content(kind_of(head[:HEAD_BYTES]), head, None)


def _of_content(kind: str, head: bytes, tail: bytes | None) -> dict[str, Any]:
    if kind == "xml":
        return {"kind": "apple_health_xml"} | _of_xml(head, tail)
    if kind == "json":
        seen = overview(io.BytesIO(head.removeprefix(b"\xef\xbb\xbf")))
        if seen.is_export:
            return {"kind": "health_auto_export_json", "metrics": [metric.name for metric in seen.metrics]}
    raise NotAnExport(
        "not_a_health_export", "It begins neither as an Apple Health nor as a Health Auto Export."
    )


def _of_xml(head: bytes, tail: bytes | None) -> dict[str, Any]:
    """Return what the beginning and the end of an export tell; what is missing there may be between."""
    head = b"".join(utf8_chunks(io.BytesIO(head)))
    both = head + (tail or b"")
    root = ROOT.search(head)
    if root is None:
        raise NotAnExport("not_a_health_export", "The XML has no element HealthData near its beginning.")
    version, exported = VERSION.search(head), EXPORTED.search(head)
    names = {kind.name.lower(): measure.apple.encode() for kind, measure in MEASURES.items()}
    dates = sorted(set(DATE.findall(both)))
    return {
        "export_version": int(version[1]) if version else None,
        "locale": _attribute(root[1], b"locale"),
        "exported_at": _attribute(exported[1], b"value") if exported else None,
        "offsets": sorted({offset.decode() for offset in OFFSET.findall(both)}),
        "zones": sorted({zone.decode() for zone in ZONE.findall(both)}),
        "dates_seen": [dates[0].decode(), dates[-1].decode()] if dates else [],
        "seen": [name for name, apple in names.items() if b'"' + apple + b'"' in both],
        "not_seen": [name for name, apple in names.items() if b'"' + apple + b'"' not in both],
        "truncated": None if tail is None else END not in tail,
        "looked_at_bytes": len(both),
    }


def _attribute(body: bytes, name: bytes) -> str | None:
    values = {match[1]: match[2] if match[2] is not None else match[3] for match in ATTRIBUTE.finditer(body)}
    return text_of(values[name]) if name in values else None
