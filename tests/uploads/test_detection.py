"""What a file is, is read from it: its name says nothing."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile

import pytest

from app.files.uploads.detect import CSV, HEAD_BYTES, JSON, JSON_LINES, PLAIN, UNKNOWN, detect, settle
from tests.uploads.sending import send

KOREAN = "id,리뷰\n1,정말 좋아요\n2,별로예요 다시는 안 가요\n"
ROWS = [{"text": "good", "n": n} for n in range(4000)]


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("export.xml"), "<HealthData/>")  # of no time of its own
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"a,b\n1,2\n", CSV),
        (b"a;b\r\n1;2\r\n", CSV),
        (b"a\tb\n1\t2\n", CSV),
        (b'a,b\n"one, two\nlines",2\n', CSV),
        (b"BM,price\n1,2\n", CSV),
        (b"MZ|b\n1|2\n", CSV),
        (KOREAN.encode(), CSV),
        (KOREAN.encode("utf-8-sig"), CSV),
        (KOREAN.encode("cp949"), CSV),
        (KOREAN.encode("utf-16"), CSV),
        (KOREAN.encode("utf-16-le"), CSV),
        ("naïve,café\n1,2\n".encode("cp1252"), CSV),
        (b"text\n" + b"some words, more words\n" * 3 + b"none\n" * 30, PLAIN),
        (b"one column\nof text\n", PLAIN),
        (b"x", PLAIN),
        (b"[1, 2]", JSON),
        (b' {"a": {"b": []}} \n', JSON),
        (b"\xef\xbb\xbf[]", JSON),
        (json.dumps(ROWS).encode(), JSON),
        (json.dumps(ROWS, indent=2, ensure_ascii=False).encode(), JSON),
        (b'{"text": "' + b"a" * 200_000 + b'"}', JSON),
        (b'{"a": 1}\n{"a": 2}\n', JSON_LINES),
        (b'{"a": 1}\r\n\r\n{"a": 2}', JSON_LINES),
        ("\n".join(map(json.dumps, ROWS)).encode(), JSON_LINES),
        (b'{"a": 1}\n' * 9 + b"{broken\n", JSON_LINES),
        (b"[" * 100_000, PLAIN),
        (b"{not json}", PLAIN),
        (zipped(), "application/zip"),
        (gzip.compress(b"a,b\n1,2\n" * 100, mtime=0), "application/gzip"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"%PDF-1.7\n1 0 obj\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        (b'<?xml version="1.0"?><HealthData>', "application/xml"),
        (b"<!DOCTYPE HealthData [\n]>\n<HealthData>", "application/xml"),
        (b"<!doctype html><p>a,b\n1,2", "text/html"),
        (b"  <script>alert(1)</script>,b\n1,2\n", "text/html"),
        (b"<svg onload=x>", "image/svg+xml"),
        (b"<a><b>x</b>\n</a>\n", "application/xml"),
        (b"<a>\n" + b"<b n='1'>some words</b>\n" * 9000, "application/xml"),
        (b"<b>Great</b> room\nbad\n", PLAIN),
        (b"<p>Great room</p>\n<p>Bad room</p>\n", PLAIN),
        (b"<b>text</b>,n\ngood,1\n", CSV),
        (b"<br> good & bad\n" + b"fine\n" * 20_000, PLAIN),
        (b"<br> good\n" + b"fine\n" * 20_000, PLAIN),
        (b"a,b\n" + b"some,words\n" * 20 + b"1,\x00\n", CSV),
        (b"a,b\n" + b"some,words\n" * 20 + b"1,\xff\n", CSV),
        (KOREAN.encode() * 2 + b"3,\xff\n", CSV),
        (KOREAN.encode("cp949") * 9 + b"3,\xff\n", CSV),
        (KOREAN.encode("utf-16") * 9 + b"\x00\xd8,\x003\x00", CSV),
        (zipped() + b"some words\n" * 5000, "application/zip"),
        (b"a,b\n1,\x00\n", UNKNOWN),
        (b"\x81 \x8d " * 100 + b"some words\n", UNKNOWN),
        (random.Random(1).randbytes(HEAD_BYTES), UNKNOWN),
        (bytes(range(256)), UNKNOWN),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else "",
)
def test_a_file_is_what_its_content_is(data, kind):
    assert detect(data[: HEAD_BYTES + 1]) == kind


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16"])
@pytest.mark.parametrize("shift", range(4))
def test_a_character_cut_in_half_after_64_kb_is_no_fault(encoding, shift):
    data = ("a" * shift + ",b\n" + "리뷰가 좋아요,1\n" * 10_000).encode(encoding)
    assert detect(data[: HEAD_BYTES + 1]) == CSV


def test_text_of_one_column_is_a_table_to_whoever_reads_tables():
    assert settle(PLAIN, (CSV,)) == CSV
    assert settle(PLAIN, (CSV, PLAIN)) == PLAIN
    assert settle(JSON, (CSV,)) is None


@pytest.mark.parametrize(
    ("name", "data", "system", "kind"),
    [
        ("a.json", b"a,b\n1,2\n", "sheets", CSV),
        ("a.csv", b'[{"a": 1}]', "sheets", JSON),
        ("a.txt", b'{"a": 1}\n{"a": 2}\n', "sheets", JSON_LINES),
        ("a.csv", b"text\ngood\n", "sheets", CSV),
        ("a.csv", zipped(), "archives", "application/zip"),
    ],
)
def test_a_name_changes_nothing(client, name, data, system, kind):
    answer = send(client, data, name=name, system=system)
    assert (answer.status_code, answer.json()["detected"]) == (201, kind)
