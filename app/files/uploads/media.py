"""Tell a picture or a clip by its first bytes; what is not on this list is opened by nobody.

Playlists, SDP, DASH and concat scripts are text and so never reach libavformat, which would follow
what they name; the demuxer of a clip is the one named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["image", "video"]
HEAD_BYTES = 4096
TS_PACKET, TS_SYNC = 188, 0x47  # ISO/IEC 13818-1; a recorder's packets have 4 bytes of time before
BOX_TYPE = slice(4, 8)
BRANDS_END = 128  # brands beyond the thirtieth are passed over
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
QUICKTIME_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")


@dataclass(frozen=True)
class Kind:
    """A format: its media type, the name that Pillow or libavformat has for it, and its names' endings."""

    media_type: str
    reader: str
    endings: tuple[str, ...]

    @property
    def family(self) -> Family:
        """Return whether this is a picture or a clip."""
        return "image" if self.media_type.startswith("image/") else "video"


JPEG = Kind("image/jpeg", "JPEG", ("jpg", "jpeg", "jpe", "jfif", "mpo"))
PNG = Kind("image/png", "PNG", ("png", "apng"))
GIF = Kind("image/gif", "GIF", ("gif",))
WEBP = Kind("image/webp", "WEBP", ("webp",))
HEIC = Kind("image/heic", "HEIF", ("heic", "heif", "hif", "heics", "heifs"))
AVIF = Kind("image/avif", "AVIF", ("avif", "avifs"))
MP4 = Kind("video/mp4", "mov", ("mp4", "m4v", "mov", "qt", "3gp", "3g2"))
QUICKTIME = Kind("video/quicktime", "mov", MP4.endings)
MATROSKA = Kind("video/x-matroska", "matroska", ("mkv", "webm", "mk3d"))
AVI = Kind("video/x-msvideo", "avi", ("avi", "divx"))
MPEG_TS = Kind("video/mp2t", "mpegts", ("ts", "m2ts", "mts", "m2t"))
MPEG_PS = Kind("video/mpeg", "mpeg", ("mpg", "mpeg", "vob"))
FLV = Kind("video/x-flv", "flv", ("flv",))
OGG = Kind("video/ogg", "ogg", ("ogv", "ogg"))
WMV = Kind("video/x-ms-wmv", "asf", ("wmv", "asf"))
KINDS = (
    *(JPEG, PNG, GIF, WEBP, HEIC, AVIF),
    *(MP4, QUICKTIME, MATROSKA, AVI, MPEG_TS, MPEG_PS, FLV, OGG, WMV),
)
FAMILIES: dict[str, Family] = {ending: kind.family for kind in KINDS for ending in kind.endings} | {
    **dict.fromkeys(("bmp", "tif", "tiff", "svg", "jxl", "jp2", "ico"), "image"),
}
SIGNS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\x1a\x45\xdf\xa3", MATROSKA),
    (b"FLV\x01", FLV),
    (b"OggS", OGG),
    (ASF, WMV),
    (b"\x00\x00\x01\xba", MPEG_PS),
)
RIFF = {b"WEBP": WEBP, b"AVI ": AVI}


def family_of(name: str) -> Family | None:
    """Return whether a file's name is that of a picture or of a clip, None where it is neither's."""
    return FAMILIES.get(name.rpartition(".")[2].lower()) if "." in name else None


def find_kind(head: bytes) -> Kind | None:
    """Return the format that a file's first 4 KB are of, None where it is not one that is read here."""
    for sign, kind in SIGNS:
        if head.startswith(sign):
            return kind
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head[BOX_TYPE] == b"ftyp":
        return _kind_of_brands(head)
    if head[BOX_TYPE] in QUICKTIME_BOXES:
        return QUICKTIME
    return MPEG_TS if _is_transport_stream(head) else None


def _kind_of_brands(head: bytes) -> Kind:
    """Return what an ISO file says it is: by its own brand first, then by those it agrees with."""
    size = min(int.from_bytes(head[:4]), BRANDS_END)
    brands = [head[8:12], *(head[start : start + 4] for start in range(16, size, 4))]
    for brand in brands:
        if brand in AVIF_BRANDS:
            return AVIF
        if brand in HEIF_BRANDS and brand not in {b"mif1", b"msf1"}:
            return HEIC
    if brands[0] in HEIF_BRANDS:
        return HEIC
    return QUICKTIME if brands[0] == b"qt  " else MP4


def _is_transport_stream(head: bytes) -> bool:
    """Say whether three packets follow each other at one of the two usual distances."""
    return any(
        all(head[start + step * size : start + step * size + 1] == bytes((TS_SYNC,)) for step in range(3))
        for start, size in ((0, TS_PACKET), (4, TS_PACKET + 4))
    )
