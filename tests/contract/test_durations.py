"""A test of the fast tier that takes too long fails the suite; a slow one, or what all share, does not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import durations
from tests.stacks import ROOT

TESTS = """
import time
import pytest
from tests import durations

def work():
    until = time.monotonic() + 1.3 * durations.LIMIT_S
    while time.monotonic() < until:
        pass

@pytest.fixture(scope="session")
def shared():
    work()

def test_long():
    work()

@pytest.mark.slow("is")
def test_slow():
    work()

def test_quick(shared):
    pass
"""
CONFTEST = """
from tests import durations
durations.LIMIT_S = 0.2
durations.slowness = lambda: 1.0

def pytest_configure(config):
    config.addinivalue_line("markers", "slow(reason): is")
    config.pluginmanager.register(durations)
"""


def test_a_test_over_the_limit_fails_unless_it_is_slow_or_shared(tmp_path):
    folder = tmp_path / "tests"  # below the root, as ours are
    folder.mkdir()
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_times.py").write_text(TESTS, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-rfE",
    ]
    done = subprocess.run(
        [*command, f"--rootdir={tmp_path}", str(folder)],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "test_long - It took" in done.stdout or "::test_long" in done.stdout


def test_the_limit_grows_with_the_slowness_of_the_machine(monkeypatch):
    monkeypatch.setattr(durations, "slowness", lambda: 2.0)
    assert durations.too_long(19.9) is None
    assert durations.too_long(20.1) == (
        "It took 20.1 s, and a test of the fast tier may take 20.0 s on this machine, as busy as it is."
    )


@pytest.mark.parametrize("seconds", [0.0, 9.99])
def test_what_is_quick_is_not_looked_at(monkeypatch, seconds):
    monkeypatch.setattr(durations, "slowness", None)
    assert durations.too_long(seconds) is None
