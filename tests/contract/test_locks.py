"""Requirements with hashes: the pinned versions, all of them, each file checked."""

from __future__ import annotations

import re

import pytest

from tests.stacks import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
OF_LOCK = {
    "requirements.lock": ("requirements.txt",),
    "requirements-workers.lock": ("requirements.txt", "requirements-workers.txt"),
    "requirements-dev.lock": ("requirements.txt", "requirements-workers.txt", "requirements-dev.txt"),
    "requirements-torch.lock": (),
    "requirements-nodeps.lock": ("requirements-weights.txt", "requirements-llm.txt"),
}


def pins(name):
    """Return the versions that a file pins, by the canonical names of packages."""
    pinned = PINNED.findall((ROOT / name).read_text(encoding="utf-8"))
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in pinned}


@pytest.mark.parametrize(("lock", "sources"), OF_LOCK.items())
def test_a_lock_has_every_requirement_in_its_pinned_version(lock, sources):
    locked, allowed = pins(lock), pins("constraints.txt")
    for source in sources:
        pinned = pins(source).items() - ({("torch", allowed["torch"])} if "dev" in lock else set())
        assert pinned <= locked.items(), f"make locks: {source}"
    assert {name: version for name, version in locked.items() if allowed.get(name, version) != version} == {}


def test_every_pinned_package_is_in_a_lock_that_ci_installs():
    locked = pins("requirements-dev.lock") | pins("requirements-torch.lock")
    for source in OF_LOCK["requirements-dev.lock"]:
        assert pins(source).items() <= locked.items(), f"make locks: {source}"


@pytest.mark.parametrize("lock", OF_LOCK)
def test_every_requirement_of_a_lock_has_a_hash(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
