"""Small exports with values worked out by hand: each folder of `cases` says in its note where people met it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from workers.mood.analysis import analyse, read_options
from workers.mood.process import process
from workers.mood.reading.sources import canonical

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/expected.json"))
EXPECTED = {path.name: json.loads((path / "expected.json").read_text()) for path in CASES}
READABLE = [path for path in CASES if "days" in EXPECTED[path.name]]
REFUSED = [path for path in CASES if "error_any" in EXPECTED[path.name] and "truncated" not in path.name]


def documents(folder, tmp_path, **options):
    """Return what the command writes for a case."""
    out = tmp_path / "out.json"
    inputs = [folder / name for name in EXPECTED[folder.name]["inputs"]]
    summary = process(inputs, out, output_format="json", options=options)
    return json.loads(out.read_text()), summary.exit_code


def agree(want, got):
    """Say whether a document has what is wanted, numbers to half a percent."""
    if isinstance(want, dict):
        return all(agree(value, got.get(name)) for name, value in want.items())
    if isinstance(want, float | int) and not isinstance(want, bool):
        return got is not None and math.isclose(got, want, rel_tol=0.005, abs_tol=0.6)
    return canonical(str(got)) == canonical(str(want))


@pytest.mark.parametrize("folder", READABLE, ids=lambda path: path.name)
def test_a_case_gives_the_values_worked_out_by_hand(folder, tmp_path):
    want = EXPECTED[folder.name]
    document, exit_code = documents(folder, tmp_path)
    assert exit_code == 0
    reading = document["reading"]
    assert agree(want.get("reading", {}), reading)
    assert reading["records"] == reading["used"] + reading["duplicates"] + sum(reading["skipped"].values())
    for day, measures in want["days"].items():
        row = document["days"][day]
        assert agree(measures, row), {name: row.get(name) for name in measures}
    if "dates" in want:
        assert [min(document["days"]), max(document["days"])] == want["dates"]


@pytest.mark.parametrize("folder", REFUSED, ids=lambda path: path.name)
def test_a_file_without_data_is_refused_with_a_reason(folder, tmp_path):
    document, exit_code = documents(folder, tmp_path)
    assert exit_code == 1
    assert document["error"]["code"] in EXPECTED[folder.name]["error_any"]
    assert document["error"]["detail"]


def test_a_download_that_stopped_keeps_its_whole_nights_and_says_so(tmp_path):
    folder = next(path for path in CASES if path.name == "truncated_download")
    document, _ = documents(folder, tmp_path)
    assert document["reading"]["truncated"]
    assert list(document["days"]) == ["2024-06-02", "2024-06-03"]


def test_the_user_orders_sources(tmp_path):
    folder = next(path for path in CASES if path.name == "three_sleep_sources")
    (variant,) = EXPECTED[folder.name]["variants"]
    order = ",".join(variant["options"]["source_priority"])
    document, _ = documents(folder, tmp_path, source_priority=order)
    assert agree(variant["days"], document["days"])


def test_an_unknown_option_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match="mood has no option 'zone'"):
        documents(CASES[0], tmp_path, zone="Europe/Berlin")


def test_the_same_file_twice_is_one(tmp_path):
    folder = next(path for path in CASES if path.name == "steps_watch_and_phone")
    once = analyse([folder / "export.xml"], read_options({}))
    twice = analyse([folder / "export.xml"] * 2, read_options({}))
    assert twice.rows == once.rows
    assert twice.reading.duplicates == once.reading.used == twice.reading.used


def test_a_probe_tells_what_a_file_is_without_reading_it(tmp_path):
    out = tmp_path / "out.json"
    folders = {path.name: path for path in CASES}
    paths = [
        folders["clock_changes"] / "export.xml",
        folders["localized_zip"] / "vienti.zip",
        folders["hae_v2_night"] / "HealthAutoExport-2026-01-21.json",
        folders["truncated_download"] / "export.xml",
        folders["hae_empty_other_json"] / "HealthAutoExport.json",
    ]
    summary = process(paths, out, probe=True)
    xml, packed, json_, cut, other = json.loads(out.read_text())["probe"]
    assert (xml["kind"], xml["locale"], xml["offsets"]) == ("apple_health_xml", "en_GB", ["+0100", "+0200"])
    assert (xml["seen"], xml["truncated"], cut["truncated"]) == (["sleep"], False, True)
    assert packed["exports"][0]["kind"] == "apple_health_xml"
    assert json_["metrics"][-1] == "some_future_metric"
    assert other["error"]["code"] == "not_a_health_export"
    assert summary.exit_code == 1


def test_features_are_a_table_of_their_own(tmp_path):
    features = tmp_path / "features.csv"
    process([CASES[0] / "export.xml"], tmp_path / "out.csv", features=features)
    assert features.read_text().startswith("date,sleep_onset_h")
