"""`flask process mood --probe` as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.mood.exports import export, nights

SERVICE = ("app.factory", "flask_sqlalchemy", "redis")


def test_a_probe_is_answered_without_loading_the_service(tmp_path):
    path, out = tmp_path / "export.xml", tmp_path / "out.json"
    path.write_bytes(export(*nights(3)))
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "flask",
        "process",
        "mood",
        path,
        "--probe",
        "-o",
        out,
    ]
    run = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    assert json.loads(out.read_text())["probe"][0]["locale"] == "en_GB"
    loaded = {line.rsplit("|", 1)[-1].strip() for line in run.stderr.splitlines()}
    assert [name for name in SERVICE if name in loaded] == []
    assert "workers.mood.reading.probe" in loaded
