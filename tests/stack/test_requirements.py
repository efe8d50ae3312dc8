"""What the code imports is what the requirements install, in exactly one version each."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"app", "bench", "migrations", "stack", "tests", "workers", "wsgi"}
IMPORT = re.compile(r"^[ \t]*(?:from (\w+)[\w.]* import |import ([\w., ]+?) *(?:#.*)?$)", re.MULTILINE)
PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z0-9,]+\])?==(\S+)")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    """The versions a requirements file pins, by name, with those of the files it takes in."""
    pinned = {}
    for line in (ROOT / file).read_text().splitlines():
        text = line.partition(" #")[0].strip()
        if text.startswith("-r "):
            pinned |= pins(text.removeprefix("-r "))
        elif text and not text.startswith(("#", "-c ")):
            match = PIN.fullmatch(text)
            assert match, f"{file} does not pin {text!r} as name==version"
            pinned[canonical(match[1])] = match[2]
    return pinned


def brought(names) -> set[str]:
    """Some packages, and what they themselves declare to need: click with flask, alembic with flask-migrate."""
    declared = {canonical(re.match(r"[\w.-]+", line)[0]) for name in names for line in requires(name) or []}
    return declared | set(names)


@cache
def distributions() -> dict[str, list[str]]:
    """Which distributions bring each package: reading all that are installed takes seconds."""
    return dict(packages_distributions())


def imported(*places: str) -> set[str]:
    """The packages that the Python files below some places import, ours and Python's own left out.

    Lines are read as they are written: parsing a thousand files takes fifteen seconds.
    """
    files = [
        f
        for place in places
        for f in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]
    lines = [match.groups() for file in files for match in IMPORT.finditer(file.read_text())]
    names = [whole.split(" as ")[0] for one, several in lines for whole in (one or several).split(", ")]
    tops = {name.strip().partition(".")[0] for name in names}
    return tops - OURS - set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("requirements", "places"),
    [
        ("requirements.txt", ("app", "migrations", "wsgi.py", "gunicorn.conf.py")),
        ("requirements-train.txt", ("workers",)),
        ("requirements-dev.txt", ("bench", "stack", "tests")),
    ],
)
def test_everything_imported_is_required(requirements, places):
    allowed = brought(pins(requirements))
    if {"workers", "tests"} & {*places}:  # those of the chat, which run where its packages are
        allowed |= set(pins("requirements-llm.txt"))
    missing = {
        package
        for package in imported(*places)
        if not {canonical(name) for name in distributions().get(package, [])} & allowed
    }
    assert not missing, f"add what brings {sorted(missing)} to {requirements}"


def test_the_constraints_agree_with_every_requirement():
    assert pins("requirements-dev.txt").items() <= pins("constraints.txt").items()


def test_a_web_install_has_no_model_library():
    assert pins("requirements.txt").keys().isdisjoint({"torch", "lightgbm", "numpy", "polars", "scipy"})
