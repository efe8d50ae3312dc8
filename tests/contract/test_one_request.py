"""docs/one-request.md names the files that a request meets, and they are no more than were aimed at."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.contract.sources import ROOT
from tests.stacks import Stack

MOST = {"A prediction": 22, "A file": 28}
RUN = {"A prediction": "predict", "A file": "process"}
REPLY = {f"app/accidents/severity/{name}.py" for name in ("consistency", "wording")}
IN_A_CHILD = {"workers/sdk/child.py"}  # the run has no child of its own
NAMED = re.compile(r"`([\w/]+(?:\.py|/))`")


def named():
    """Return the files and folders that each part of the page names in its table."""
    parts = {}
    for part in (ROOT / "docs" / "one-request.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        rows = [line.split("|") for line in part.splitlines() if line.startswith("| ")]
        cells = [next(cell for cell in row if "`" in cell) for row in rows if "`" in "".join(row)]
        parts[part.partition(":")[0].partition("\n")[0]] = set().union(*map(whole_names, cells))
    return parts


def whole_names(cell):
    """Return the names in a cell; one without a folder is in that of the one before it."""
    names, folder = set(), ""
    for name in NAMED.findall(cell):
        folder = name.rpartition("/")[0] if "/" in name else folder
        names.add(name if "/" in name else f"{folder}/{name}")
    return names


@pytest.fixture(scope="module")
def met(new_database, servers_folder, tmp_path_factory):
    """The files that each kind of request was seen to meet, in a process of its own."""
    from stack.valkey import valkey

    with valkey(servers_folder / "one-request") as broker:
        stack = Stack(tmp_path_factory.mktemp("one"), new_database("one_request").url, broker.url)
        done = subprocess.run(
            [sys.executable, "-m", "tests.one_request"],
            cwd=ROOT,
            env=stack.environment(wait_s=120),  # however long a busy machine takes for the answer
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow("loads models in a process of its own, and follows each of its calls")
@pytest.mark.parametrize("kind", MOST)
def test_a_request_meets_the_files_that_the_page_names_and_few(met, kind):
    way, seen = named()[kind], set(met[RUN[kind]])
    files = {name for name in way if name.endswith(".py")}
    assert len(files) <= MOST[kind]
    assert files - seen <= IN_A_CHILD
    beside = (way | named()["Beside the way"] | REPLY) - files
    folders = tuple(name for name in beside if name.endswith("/"))
    assert not [name for name in seen - files - beside if not name.startswith(folders)]
