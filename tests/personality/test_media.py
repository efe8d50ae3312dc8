"""Which files are opened at all, and with what."""

from __future__ import annotations

import pytest
from PIL import Image

from app.files.uploads.media import find_kind
from tests.personality.pictures import encoded, quarters
from workers.personality.errors import FileError
from workers.personality.identify import identify

SCRIPTS = {
    "list.m3u8": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
    "list.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\nhttp://127.0.0.1/x.ts\n",
    "session.mp4": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "dash.mp4": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>',
    "concat.mkv": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "script.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BeginBinary: -40\n%%EndComments\n",
    "text.gif": b"GIF is a format",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_names_other_files_is_never_opened(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(SCRIPTS[name])
    with pytest.raises(FileError) as error:
        identify(path, name)
    assert error.value.code == "unsupported"


def test_a_picture_under_another_pictures_name_is_read_with_a_warning(tmp_path):
    path = tmp_path / "face.jpg"
    path.write_bytes(encoded(quarters(), "PNG"))
    kind, warnings = identify(path, path.name)
    assert kind.media_type == "image/png"
    assert warnings[0].startswith("extension_mismatch: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("clip.mp4", encoded(Image.new("RGB", (4, 4)), "JPEG")),
        ("face.png", b"\0\0\0\x18ftypisom\0\0\0\0isommp42"),
    ],
)
def test_a_name_of_the_other_family_is_a_mismatch(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError) as error:
        identify(path, name)
    assert error.value.code == "type_mismatch"


def test_an_empty_file_is_unreadable(tmp_path):
    path = tmp_path / "face.jpg"
    path.touch()
    with pytest.raises(FileError) as error:
        identify(path, path.name)
    assert error.value.code == "unreadable"


@pytest.mark.parametrize(
    ("head", "reader"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "mov"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0", "matroska"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        ((b"\x47" + b"\0" * 187) * 3, "mpegts"),
        ((b"\0\0\0\0\x47" + b"\0" * 187) * 3, "mpegts"),
    ],
)
def test_the_demuxer_is_chosen_by_the_first_bytes(head, reader):
    assert find_kind(head).reader == reader
