"""`flask process reviews` as it is typed."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner
from flask import Flask

from app import cli
from tests.reviews.asking import BLAME, PRAISE

CONTENT = f'text,said\nx,"{PRAISE}"\n'


@pytest.fixture
def run():
    """A function that runs `flask process` and returns what came of it."""
    app = Flask("commands")
    cli.register(app)
    return lambda *arguments: CliRunner().invoke(app.cli, ["process", *map(str, arguments)])


def test_the_column_and_the_version_can_be_named(file, tmp_path, run):
    out = tmp_path / "out.csv"
    ended = run("reviews", file(CONTENT), "-o", out, "--text-column", "said", "--model-version", "small")
    assert ended.exit_code == 0, ended.output
    with out.open(newline="") as stream:
        assert [row["label"] for row in csv.DictReader(stream)] == ["positive"]


@pytest.mark.parametrize(
    ("option", "message"),
    [(("--text-column", "body"), "reviews.csv: no column 'body'"), (("--model-version", "huge"), "huge")],
)
def test_what_cannot_be_done_is_said_with_its_name(file, tmp_path, run, option, message):
    ended = run("reviews", file(CONTENT), "-o", tmp_path / "out.csv", *option)
    assert (ended.exit_code, message in ended.output) == (1, True), ended.output


def test_an_option_that_a_system_does_not_take_is_refused(file, run):
    for flag, *value in (("--text-column", "said"), ("--option", "name=value"), ("--probe",)):
        ended = run("accidents", file(CONTENT), flag, *value)
        assert (ended.exit_code, f"'accidents' takes no {flag}" in ended.output) == (1, True)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["name"], "'name' must be NAME=VALUE"),
        (["=value"], "'=value'"),
        (["a=1", "a=2"], "'a' is given twice"),
    ],
)
def test_options_of_a_system_are_pairs_of_a_name_and_a_value(file, run, pairs, message):
    ended = run("accidents", file(CONTENT), *(part for pair in pairs for part in ("--option", pair)))
    assert (ended.exit_code, message in ended.output) == (2, True), ended.output


@pytest.mark.parametrize("system", ["reviews", "accidents"])
def test_no_file_is_written_over_that_is_to_be_read(file, tmp_path, run, system):
    first, second = file(CONTENT, name="a.csv"), file(f"text\n{BLAME}\n", name="b.csv")
    link = tmp_path / "link.csv"
    link.symlink_to(second)
    part = file(CONTENT, name="c.csv.part")
    for paths, out in [
        ((first,), first),
        ((first, second), tmp_path / "." / "b.csv"),
        ((first, second), link),
        ((part,), tmp_path / "c.csv"),
    ]:
        ended = run(system, *paths, "-o", out)
        assert (ended.exit_code, "would be written over" in ended.output) == (1, True), ended.output
    assert first.read_text() == part.read_text() == CONTENT
    assert (second.read_text(), link.is_symlink()) == (f"text\n{BLAME}\n", True)
    assert len(list(tmp_path.iterdir())) == 4
