"""The commands on files of accidents: what they write, and how they fail."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from click.testing import CliRunner
from flask import Flask

from app import cli
from tests.accidents.tables import RAW, written


@pytest.fixture
def run():
    """Return a function that runs `flask ARGUMENTS` on an application that has nothing else."""
    app = Flask("bare")
    cli.register(app)
    return lambda *arguments: CliRunner().invoke(app.cli, [str(each) for each in arguments])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.csv.gz", b"not gzip"),
        ("half.csv.gz", gzip.compress(b"a,b\n" * 100)[:-12]),
        ("empty.csv", b""),
        ("other.csv", b"\xff\xff\xff"),
    ],
    ids=["none", "half", "empty", "other"],
)
def test_a_file_that_cannot_be_read_is_one_line_that_names_it(tmp_path, run, name, content):
    (tmp_path / name).write_bytes(content)
    result = run("process", "accidents", tmp_path / name)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {name}")
    assert result.stderr.count("\n") == 1


def test_a_quote_that_is_never_closed_costs_its_row_and_no_other(tmp_path, run):
    cells = [RAW[name] for name in RAW]
    path = tmp_path / "in.csv"
    path.write_text(
        "\n".join(map(",".join, (RAW, cells, [*cells[:3], '"' + cells[3], *cells[4:]], cells))),
        encoding="utf-8",
    )
    rows = list(csv.DictReader(io.StringIO(run("process", "accidents", path).stdout)))
    assert [bool(row["error"]) for row in rows] == [False, True, False]


def test_the_command_writes_to_standard_output(tmp_path, run):
    path = written(tmp_path / "in.csv", [RAW])
    result = run("process", "accidents", path)
    assert result.exit_code == 0
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert float(row["eclo"]) > 1


def test_the_ending_of_out_chooses_the_format(tmp_path, run):
    result = run("process", "accidents", written(tmp_path / "in.csv", [RAW]), "-o", tmp_path / "out.json")
    assert result.exit_code == 0
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))[0]["eclo"] > 1


def test_an_unknown_system_is_told_which_there_are(tmp_path, run):
    result = run("process", "weather", written(tmp_path / "in.csv", [RAW]))
    assert result.exit_code == 1
    assert "accidents" in result.stderr


def test_an_act_that_no_system_has_is_called_by_its_name(tmp_path, run):
    result = run("evaluate", "nope", "--data", tmp_path)
    assert result.exit_code == 1
    assert "no system 'nope' to evaluate" in result.stderr


def test_training_that_fails_leaves_no_folder(tmp_path, run):
    (tmp_path / "in.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "kept").mkdir()
    for out in (tmp_path / "new" / "weights", tmp_path / "kept"):
        result = run("train", "accidents", "--data", tmp_path / "in.csv", "--out", out)
        assert result.exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "kept"]


def test_a_failure_on_the_way_leaves_the_file_that_was_there(tmp_path, run, monkeypatch):
    def fail(stream, _judged):
        stream.write("half")
        raise OSError("no space left")

    monkeypatch.setattr("workers.accidents.process._WRITERS", {"csv": fail})
    out = tmp_path / "out.csv"
    out.write_text("whole", encoding="utf-8")
    result = run("process", "accidents", written(tmp_path / "in.csv", [RAW]), "-o", out)
    assert (result.exit_code, out.read_text(encoding="utf-8")) == (1, "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_a_wrong_file_is_one_line_not_a_traceback(tmp_path, run):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    result = run("process", "accidents", path)
    assert result.exit_code == 1
    assert "no column for" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_the_workers_packages_the_commands_say_what_to_install(tmp_path, run, monkeypatch):
    monkeypatch.setattr(cli, "COMMANDS", "workers_that_are_not_installed.commands")
    result = run("evaluate", "accidents", "--data", tmp_path)
    assert result.exit_code == 1
    assert "requirements-workers.txt" in result.stderr
