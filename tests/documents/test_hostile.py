"""PDF files made to break what reads them end in time, and what reads them goes on."""

from __future__ import annotations

import pytest

from tests.documents.hostile import FILES
from workers.documents.isolated import analyse_apart
from workers.documents.tree import COMPLETED, FAILED, PARTIAL

@pytest.mark.parametrize("name", sorted(FILES))
def test_a_hostile_file_ends_in_time_and_the_next_is_read(name, tmp_path):
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(FILES[name]())
    result = analyse_apart(path)
    assert result["outcome"] in (COMPLETED, PARTIAL, FAILED)
    assert (result["error"] is not None) == (result["outcome"] == FAILED)
