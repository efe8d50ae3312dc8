"""Faces for tests: they are not in the project, and a test without them is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
CASES = SHARED / "cases" / "personality"
FACE = CASES / "28-cache-and-erasure" / "a.jpg"
needs_faces = pytest.mark.skipif(not FACE.exists(), reason="the faces' licence keeps them out of the project")
