"""Tables that readers get wrong, each with a profile that was worked out by hand."""

from __future__ import annotations

import json
import math
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from app.accidents.datasets.evidence import ask
from app.accidents.datasets.query import Query
from workers.accidents.datasets.reading import read
from workers.accidents.datasets.table import opened

CASES = Path(__file__).parent / "cases"
NAMES = sorted(
    path.name for path in CASES.iterdir() if "rows" in json.loads((path / "expected.json").read_text())
)
FIGURES = ("missing", "distinct", "min", "max", "sum")


def case(name):
    """Return a case's file and what is expected of it."""
    return CASES / name / "input.csv", json.loads(
        (CASES / name / "expected.json").read_text(encoding="utf-8")
    )


@cache
def profile_of(name):
    """Return the profile of a case, read once."""
    return read(CASES / name / "input.csv").profile


def same(value, wanted):
    """Say whether a figure or a cell is what was worked out."""
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return value is not None and math.isclose(float(value), wanted, rel_tol=1e-6, abs_tol=1e-6)
    if isinstance(wanted, str):
        return unicodedata.normalize("NFC", str(value)) == wanted
    return value == wanted


def column_of(profile, wanted, position):
    """Return the column that an expected one is about."""
    schema = profile["schema"]
    named = [each for each in schema if each["name"] == wanted["name"]]
    return (
        named
        or [each for each in schema if each["source_name"] == wanted.get("source_name")]
        or [schema[position]]
    )[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_hard_table_is_read_as_its_author_means_it(name):
    _, expected = case(name)
    profile = profile_of(name)
    assert profile["rows"] == expected["rows"]
    assert profile["rejected"] == expected.get("rejected", profile["rejected"])
    for key in ("encoding", "delimiter"):
        assert profile["dialect"][key] == expected.get(key, profile["dialect"][key])
    for position, wanted in enumerate(expected.get("columns", [])):
        column = column_of(profile, wanted, position)
        kinds = {wanted["type"], *wanted.get("also", [])} | (
            {"integer"} if wanted["type"] == "number" else set()
        )
        assert column["type"] in kinds, column
        for key in FIGURES:
            if key in wanted and not (key == "sum" and column["role"] == "id"):
                assert same(column[key], wanted[key]), (key, column)


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_of_a_hard_table_hold_its_values(name):
    path, expected = case(name)
    with opened(path) as table:
        answer = ask(table, Query(limit=50))
    names = [column.name for column in table.profile.columns]
    assert answer["total_rows"] == expected["rows"]
    for position, wanted in enumerate(expected.get("columns", [])):
        if "values" in wanted:
            at = names.index(wanted["name"]) if wanted["name"] in names else position
            cells = [row[at] for row in answer["rows"]][: len(wanted["values"])]
            assert all(map(same, cells, wanted["values"])), cells


@pytest.mark.parametrize("name", NAMES)
def test_what_is_odd_about_a_hard_table_is_said_with_its_rows(name):
    _, expected = case(name)
    warnings = profile_of(name)["warnings"]
    for wanted in expected.get("warnings", []):
        hits = [
            each
            for each in warnings
            if each["code"] == wanted["code"] and wanted.get("column") in {None, each.get("column")}
        ]
        assert hits, wanted
        assert set(wanted.get("rows", [])) <= {row for each in hits for row in each["rows"]}
        assert set(wanted.get("lines", [])) <= {line for each in hits for line in each["lines"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_give_the_same_profile_and_lose_no_record(name):
    path, _ = case(name)
    profile = profile_of(name)
    assert read(path).profile == profile
    assert profile["rows"] + profile["set_aside"] + profile["rejected"] == profile["records"]
