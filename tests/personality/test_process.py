"""`flask process personality`: folders in, one row a face or an error out."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pytest

from app import create_app
from app.config import Settings
from app.personality.results import COLUMNS
from tests.personality.faces import CASES, needs_faces
from tests.personality.pictures import clip, encoded, quarters
from tests.stacks import ROOT, SECRET
from workers.personality import process as command
from workers.personality.folders import sources_of


def judged(tmp_path, *paths, output_format="csv", **how):
    """Return the rows that the command writes, and its totals."""
    out = tmp_path / f"out.{output_format}"
    totals = command.process(list(paths), out, output_format=output_format, **how)
    if output_format == "json":
        return json.loads(out.read_text(encoding="utf-8")), totals
    with out.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)), totals


@pytest.fixture
def folder(tmp_path):
    """A folder with pictures, a clip, what is neither, and what is hidden."""
    top = tmp_path / "in"
    (top / "deeper").mkdir(parents=True)
    (top / ".hidden").mkdir()
    picture = encoded(quarters(320, 240), "PNG")
    for name in ("b.png", "deeper/=1+1.png", ".hidden/c.png", ".d.png"):
        (top / name).write_bytes(picture)
    (top / "cut.jpg").write_bytes(encoded(quarters(320, 240), "JPEG")[:900])
    (top / "notes.txt").write_text("words")
    (top / "link.png").symlink_to(top / "b.png")
    clip(top / "a.mp4", [quarters(320, 240)] * 10)
    return top


def test_a_folder_is_judged_file_by_file_in_order(tmp_path, folder):
    rows, totals = judged(tmp_path, folder, options={"method": "middle"}, frames="2")
    assert tuple(rows[0]) == COLUMNS
    names = [row["file"].removeprefix(f"{folder}/") for row in rows]
    assert names == ["a.mp4", "a.mp4", "a.mp4", "b.png", "cut.jpg", "deeper/=1+1.png"]
    assert [row["t"] == "" for row in rows[:3]] == [True, False, False], (
        "first all of the clip, then its frames"
    )
    assert rows[4]["error"].startswith("truncated: ")
    assert (totals["files"], totals["skipped"], totals["errors"]) == (4, 1, {"truncated": 1})
    assert "not a person's character" in totals["notice"]


def test_a_picture_without_a_face_is_a_row_with_an_error(tmp_path, folder):
    rows, _ = judged(tmp_path, folder / "b.png")
    (row,) = rows
    assert row["error"].startswith("no_face: ")
    assert (row["openness"], row["kind"]) == ("", "image")


def test_json_has_one_object_a_file(tmp_path, folder):
    files, _ = judged(tmp_path, folder / "b.png", folder / "cut.jpg", output_format="json")
    assert [each["error"]["code"] for each in files] == ["no_face", "truncated"]


def test_a_file_that_is_named_is_judged_whatever_it_is(tmp_path, folder):
    rows, _ = judged(tmp_path, folder / "notes.txt")
    assert rows[0]["error"].startswith("unsupported: ")


def test_no_name_of_a_file_becomes_a_formula(tmp_path, folder, monkeypatch):
    monkeypatch.chdir(folder / "deeper")
    sources, _ = sources_of([folder.joinpath("deeper/=1+1.png").relative_to(folder / "deeper")])
    assert sources[0].name == "=1+1.png"
    rows, _ = judged(tmp_path, sources[0].path)
    assert rows[0]["file"] == "'=1+1.png"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"frames": "first"}, "frames 'first' must be"),
        ({"options": {"method": "smile"}}, "method 'smile' must be one of"),
        ({"options": {"speed": "1"}}, "no option 'speed'"),
        ({"options": {"tta": "perhaps"}}, "tta 'perhaps' must be"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_read(tmp_path, how, message):
    with pytest.raises(ValueError, match=message):
        judged(tmp_path, tmp_path, **how)


def test_the_command_says_in_one_line_what_is_wrong(tmp_path):
    app = create_app(Settings(secret_key=SECRET, database_url="postgresql+psycopg2://nobody/none"))
    done = app.test_cli_runner().invoke(args=["process", "personality", str(tmp_path), "--frames", "-3"])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: frames '-3' must be")
    assert isinstance(done.exception, SystemExit)


@needs_faces
def test_only_the_largest_face_is_judged_where_asked(tmp_path):
    path = CASES / "06-forty-faces" / "one-large.jpg"
    every, _ = judged(tmp_path, path)
    largest, _ = judged(tmp_path, path, largest=True)
    assert len(every) == 3
    assert len(largest) == 1
    assert json.loads(largest[0]["box"]) == pytest.approx(json.loads(every[0]["box"]), abs=4)
    assert float(largest[0]["openness"]) == pytest.approx(float(every[0]["openness"]), abs=0.02)


@needs_faces
def test_two_people_of_a_clip_are_never_averaged(tmp_path):
    rows, _ = judged(tmp_path, CASES / "18-video-vfr" / "vfr.mp4")
    people = [row for row in rows if row["t"] == ""]
    assert [row["face"] for row in people] == ["1"]
    assert "several_people" in people[0]["warnings"]
    frames = [row for row in rows if row["t"] != ""]
    assert {row["face"] for row in frames} == {"1", "2"}
    own = [float(row["extraversion"]) for row in frames if row["face"] == "1"]
    other = [float(row["extraversion"]) for row in frames if row["face"] == "2"]
    assert len(own) > len(other)
    assert min(own) - 0.05 <= float(people[0]["extraversion"]) <= max(own) + 0.05


@needs_faces
def test_a_middle_in_time_shows_who_is_there_then(tmp_path):
    case = CASES / "18-video-vfr"
    rows, _ = judged(tmp_path, case / "a.png", case / "b.png", case / "vfr.mp4", frames="middle")
    a, b, clip_row = (float(row["extraversion"]) for row in rows[:3])
    assert abs(clip_row - b) < abs(clip_row - a)


@needs_faces
@pytest.mark.slow("judges all cases", minutes=4)
def test_every_case_is_judged_as_it_should_be():
    done = subprocess.run(
        [sys.executable, str(CASES / "check.py"), str(CASES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
