"""PDF files made to break what reads them end in time, and what reads them goes on."""

from __future__ import annotations

import faulthandler

import pytest

from tests.documents.hostile import FILES
from workers.documents.isolated import analyse_apart
from workers.documents.tree import COMPLETED, FAILED, PARTIAL

SLOW = {
    "a-form-in-itself", "a-page-of-meters", "a-picture-of-gigapixels", "a-picture-that-unfolds", "an-attached-bomb",
    "content-deflated-twice", "content-of-a-gigabyte", "content-of-many-words", "covers-over-words",
    "forms-that-double", "jbig2-of-gigapixels", "jpx-of-gigapixels", "one-page-many-times",
}  # fmt: skip


READ = ("a-page-of-meters", "a-table-before-itself", "jpx-of-gigapixels", "states-in-states")


@pytest.fixture(autouse=True)
def quiet_children():
    """Have a child that runs out of memory end as it does in a worker: without a page of its frames."""
    was_on = faulthandler.is_enabled()
    faulthandler.disable()
    yield
    if was_on:
        faulthandler.enable()


def named(name):
    marks = [pytest.mark.slow("reads some seconds")] if name in SLOW else []
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [named(name) for name in sorted(FILES)])
def test_a_hostile_file_ends_in_time_and_the_next_is_read(name, tmp_path):
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(FILES[name]())
    result = analyse_apart(path)
    assert result["outcome"] in (COMPLETED, PARTIAL, FAILED)
    assert (result["error"] is not None) == (result["outcome"] == FAILED)


@pytest.mark.parametrize("name", [named(name) for name in READ])
def test_the_words_of_a_page_are_read_beside_what_is_hostile(name, tmp_path):
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(FILES[name]())
    assert "EUR 500" in analyse_apart(path)["text"]
