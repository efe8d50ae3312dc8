"""Systems that read files: small tables only, and large archives."""

from __future__ import annotations

from dataclasses import replace

from app.systems import SYSTEMS
from tests.trial import SYSTEM
from tests.trial.files import FILES

SHEET_BYTES, ARCHIVE_BYTES = 1_000_000, 64_000_000
MOST_BYTES = max(system.files.most_bytes for system in SYSTEMS if system.files)  # of any system

SHEETS = replace(
    SYSTEM,
    name="sheets",
    blueprints=(),
    files=replace(
        FILES, kinds=("text/csv", "application/json", "application/x-ndjson"), most_bytes=SHEET_BYTES
    ),
)
ARCHIVES = replace(
    SYSTEM,
    name="archives",
    blueprints=(),
    files=replace(FILES, kinds=("application/zip",), most_bytes=ARCHIVE_BYTES),
)
