"""Reading tables: encodings, headers, quotes, totals, notes, places."""

from __future__ import annotations

import pytest

from workers.accidents.datasets.faults import UnreadableTable
from workers.accidents.datasets.overrides import Overrides
from workers.accidents.datasets.reading import read


@pytest.fixture
def reading(tmp_path):
    """Read a text, or bytes, as a file."""

    def read_it(text, encoding="utf-8", **overrides):
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read(path, Overrides.load(overrides)).profile

    return read_it


def columns(profile):
    return {each["name"]: each for each in profile["schema"]}


def codes(profile):
    return [each["code"] for each in profile["warnings"]]


def test_bytes_of_no_encoding_are_refused_with_their_line(reading):
    with pytest.raises(UnreadableTable, match="Line 3") as fault:
        reading(b"a,b\n1,2\n\xff\xff,3\n")
    assert fault.value.code == "unsupported_encoding"


def test_a_fault_in_the_last_byte_of_a_long_file_is_found(reading):
    with pytest.raises(UnreadableTable, match="Line 200001"):
        reading("가\n".encode() * 200_000 + b"\xea\xb0")


def test_a_quote_that_is_never_closed_costs_its_own_row(reading):
    profile = reading('a,b\n1,x\n2,"y\n3,z\n4,w\n')
    assert (profile["rows"], profile["rejected"]) == (3, 1)
    fault = next(each for each in profile["warnings"] if each["code"] == "broken_quote")
    assert (fault["rows"], fault["lines"]) == ([2], [3])


def test_a_cell_may_hold_line_ends_and_lines_are_counted_on(reading):
    profile = reading('a,b\n1,"x\ny"\n2,z,extra\n')
    assert next(each for each in profile["warnings"] if each["code"] == "row_too_long")["lines"] == [4]


def test_a_first_row_without_names_is_a_row(reading):
    profile = reading("1,2.5,2018-01-01\n2,3.5,2018-01-02\n3,4.5,2018-01-03\n")
    assert profile["rows"] == 3
    assert "no_header" in codes(profile)


def test_years_in_a_row_are_headings(reading):
    profile = reading("구,2015,2016\n중구,10,20\n동구,30,40\n")
    assert list(columns(profile)) == ["구", "2015", "2016"]


def test_a_row_of_units_is_no_row_and_gives_them(reading):
    profile = reading("구,거리,금액\n,km,천원\n중구,1,2\n동구,3,4\n")
    assert profile["rows"] == 2
    assert [each["unit"] for each in profile["schema"]] == [None, "km", "천원"]


def test_notes_below_a_table_are_set_apart(reading):
    profile = reading("구,수\n중구,1\n동구,2\n자료: 경찰청\n※ 잠정치\n")
    assert (profile["rows"], profile["set_aside"]) == (2, 2)


def test_a_total_that_stands_first_is_set_apart(reading):
    profile = reading("구,수,명\n계,30,3\n중구,10,1\n동구,20,2\n")
    assert columns(profile)["수"]["sum"] == 30


def test_subtotals_are_set_apart_with_the_total(reading):
    profile = reading(
        "시,구,수\n대구,중구,1\n대구,동구,2\n대구,소계,3\n부산,남구,4\n부산,북구,5\n부산,소계,9\n합계,,12\n"
    )
    assert columns(profile)["수"]["sum"] == 12
    assert profile["set_aside"] == 3


def test_a_label_without_the_sum_is_kept_and_said(reading):
    profile = reading("구,수\n중구,10\n합계,99\n동구,20\n")
    assert profile["rows"] == 3
    assert "looks_like_total" in codes(profile)


def test_totals_are_kept_where_the_owner_says_so(reading):
    assert reading("구,수\n중구,10\n동구,20\n합계,30\n", totals="keep")["rows"] == 3


def test_a_total_among_numbers_does_not_make_them_text(reading):
    profile = reading("번,수\n1,10\n2,20\n합계,30\n")
    assert [each["type"] for each in profile["schema"]] == ["integer", "integer"]


def test_merged_cells_are_repeated_where_the_owner_says_so(reading):
    text = "시,구,수\n대구,중구,1\n,동구,2\n,서구,3\n부산,남구,4\n"
    assert "looks_merged" in codes(reading(text))
    assert columns(reading(text, fill_down=["시"]))["시"]["missing"] == 0


def test_an_accepted_sentinel_counts_as_missing(reading):
    overrides = {"columns": {"t": {"missing": [-999]}}}
    assert columns(reading("t\n-999\n21.5\n22.5\n", **overrides))["t"]["mean"] == 22.0


def test_a_date_that_does_not_exist_leaves_text_and_names_its_row(reading):
    dates = "".join(f"2018-01-{day:02}\n" for day in range(1, 20))
    profile = reading(f"d\n{dates}2018-02-30\n")
    assert columns(profile)["d"]["type"] == "text"
    assert next(each for each in profile["warnings"] if each["code"] == "not_all_dates")["rows"] == [20]


def test_days_and_months_that_could_be_either_stay_text_until_the_owner_says(reading):
    text = "d\n03/09/2018\n04/10/2018\n"
    assert "ambiguous_date" in codes(reading(text))
    overrides = {"columns": {"d": {"type": "date", "format": "DD/MM/YYYY"}}}
    assert columns(reading(text, **overrides))["d"]["min"] == "2018-09-03"


def test_the_24th_hour_is_the_next_day(reading):
    column = columns(reading("t\n2018-12-31 24:00\n2018-01-01 01:00\n"))["t"]
    assert column["max"] == "2019-01-01T00:00:00"


@pytest.mark.parametrize("cell", ["0x64", "1_000", "Infinity", "1e5", "①", "٣"])
def test_what_only_a_programming_language_counts_with_is_text(reading, cell):
    assert columns(reading(f"n\n5\n{cell}\n"))["n"]["type"] == "text"


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [("EPSG:5186", 343929.84, 364401.35), ("EPSG:5179", 1098744.0, 1764068.0)],
)
def test_metres_of_a_korean_system_are_recognised_by_where_they_fall(reading, crs, x, y):
    profile = reading(f"X좌표,Y좌표\n{x},{y}\n{x + 900},{y + 500}\n")
    assert profile["positions"]["crs"] == crs


def test_systems_300_m_apart_are_asked_about_and_nothing_is_drawn(reading):
    text = "X좌표,Y좌표\n343929.84,264401.35\n344500.1,264900.2\n"
    positions = reading(text)["positions"]
    assert (positions["crs"], positions["points"]) == (None, 0)
    assert set(positions["candidates"]) == {"EPSG:5174", "EPSG:5181"}
    assert reading(text, crs="EPSG:5181")["positions"]["points"] == 2
