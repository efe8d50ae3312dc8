"""Files of accidents: every row and cell in its place, the figures appended, what is wrong said."""

from __future__ import annotations

import gzip
import json
import unicodedata

import pytest

from tests.accidents.tables import API, RAW, processed, read, written
from workers.accidents import table
from workers.accidents.features import Accident
from workers.accidents.predictor import SeverityPredictor
from workers.accidents.process import APPENDED, process
from workers.sdk.weights import live_folder


@pytest.fixture(scope="module")
def predictor():
    return SeverityPredictor.load(live_folder("accidents"))


def test_figures_are_those_of_the_predictor(tmp_path, predictor):
    (row,) = processed(tmp_path, [RAW])
    (severity,) = predictor.predict(
        [
            Accident(
                weather="비",
                road_surface="젖음/습기",
                road_type="단일로 - 기타",
                accident_type="차대사람",
                time_period=None,
                district="대구광역시 북구 침산동",
                day_of_week="일요일",
                accident_hour=7,
                accident_year=2018,
                accident_month=3,
                accident_day=4,
                violation="보행자보호의무위반",
                vehicle_at_fault="승용",
                vehicle_other="보행자",
                accident_subtype="차대사람 - 횡단중",
            )
        ]
    )
    for name in ("eclo", "typical", "p10", "p90", "p_fatal"):
        assert float(row[name]) == pytest.approx(getattr(severity, name), abs=1e-6)
    assert row["band"] in {"minor", "moderate", "serious", "very_serious"}


def test_every_given_cell_comes_back_as_it_was(tmp_path):
    odd = RAW | {"사고번호": ' 007,"x"\nline ', "사고내용": "=1+1"}
    (row,) = processed(tmp_path, [odd])
    assert {name: row[name] for name in odd} == odd
    assert list(row) == [*odd, *APPENDED]


def test_api_columns_are_read_with_aliases(tmp_path):
    coarse, fine = processed(tmp_path, [API, API | {"road_type": "교차로 - 교차로안"}])
    assert float(coarse["eclo"]) > 1
    assert coarse["weather"] == "clear"
    assert "error" not in fine


@pytest.mark.parametrize(
    "moment",
    ["2018-03-04 07:00", "2018-03-04T07:30:00", "2018.03.04 07", "2018/3/4 7:00", "2018년 3월 4일 7시"],
)
def test_dates_are_read_in_their_usual_forms(tmp_path, moment):
    plain, other = processed(tmp_path, [RAW, RAW | {"사고일시": moment}])
    assert [plain[name] for name in APPENDED] == [other[name] for name in APPENDED]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_the_usual_encodings_are_read(tmp_path, encoding):
    first = {"도로형태": RAW["도로형태"], **RAW}  # a required column is the one with the mark
    (row,) = processed(tmp_path, [first], encoding=encoding)
    assert "error" not in row
    assert float(row["eclo"]) > 1
    marked = (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert marked == (encoding == "utf-8-sig")


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), ("|", "cp949")])
def test_the_usual_delimiters_are_read_and_all_columns_kept(tmp_path, delimiter, encoding):
    rows = [RAW, RAW | {"사고내용": "a, b"}]
    lines = [delimiter.join(cells) for cells in (RAW, *(row.values() for row in rows))]
    (tmp_path / "in.csv").write_text("\r\n".join(lines), encoding=encoding)
    process([tmp_path / "in.csv"], tmp_path / "out.csv")
    written = read(tmp_path / "out.csv")
    assert [{name: row[name] for name in RAW} for row in written] == rows
    assert all(float(row["eclo"]) > 1 for row in written)


def test_a_title_above_and_decomposed_headings_are_read_and_warned_of(tmp_path):
    names = [unicodedata.normalize("NFD", name) for name in RAW]
    cells = [unicodedata.normalize("NFD", cell) for cell in RAW.values()]
    content = ["2018년 교통사고", "", ",".join(names), ",".join(cells)]
    (tmp_path / "in.csv").write_text("\n".join(content), encoding="utf-8")
    figures = process([tmp_path / "in.csv"], tmp_path / "out.csv")
    assert figures["rows"] == 1
    assert figures["errors"] == 0
    assert "2018년 교통사고" in figures["warnings"][0]


def test_a_heading_that_nearly_matches_is_used_and_named(tmp_path):
    near = {name.replace("가해운전자 차종", "가해운전자차종"): cell for name, cell in RAW.items()}
    figures = process([written(tmp_path / "in.csv", [near])], tmp_path / "out.csv")
    exact = processed(tmp_path, [RAW])[0]["eclo"]
    assert figures["warnings"] == ["in.csv: column '가해운전자차종' was read as '가해운전자 차종'"]
    process([written(tmp_path / "in.csv", [near])], tmp_path / "out.csv")
    assert read(tmp_path / "out.csv")[0]["eclo"] == exact


def test_a_gzipped_table_is_read(tmp_path):
    assert len(processed(tmp_path, [RAW, RAW], opened=gzip.open)) == 2


def test_a_bad_row_says_why_and_stays_in_its_place(tmp_path):
    rows = [RAW, RAW | {"기상상태": "우박"}, RAW | {"사고일시": "어제"}, RAW | {"시군구": ""}, RAW]
    written = processed(tmp_path, rows)
    assert [row["사고일시"] for row in written] == [row["사고일시"] for row in rows]
    assert [bool(row["error"]) for row in written] == [False, True, True, True, False]
    assert "기상상태" in written[1]["error"]
    assert "우박" in written[1]["error"]
    assert "사고일시" in written[2]["error"]
    assert "시군구" in written[3]["error"]
    assert all(written[1][name] == "" for name in APPENDED)
    assert written[0]["eclo"] == written[4]["eclo"] != ""


def test_short_and_long_rows_neither_crash_nor_go_astray(tmp_path):
    path = written(tmp_path / "in.csv", [RAW])
    with path.open("a", encoding="utf-8") as stream:
        stream.write("1,2018년 3월 4일 07시\n" + ",".join([*RAW.values(), "too", "many"]) + "\n")
    process([path], tmp_path / "out.csv")
    whole, short, long = read(tmp_path / "out.csv")
    assert whole["error"] == ""
    assert short["error"]
    assert "14 cells under 12 names" in long["error"]


def test_unknown_optional_values_are_gaps_only_when_empty(tmp_path):
    empty, wrong = processed(
        tmp_path, [RAW | {"법규위반": "", "피해운전자 차종": ""}, RAW | {"법규위반": "딴짓"}]
    )
    assert empty["error"] == ""
    assert "딴짓" in wrong["error"]


def test_a_bare_accident_type_has_no_subtype_and_no_error(tmp_path):
    bare, wrong = processed(tmp_path, [RAW | {"사고유형": "차대사람"}, RAW | {"사고유형": "차대곰"}])
    assert bare["error"] == ""
    assert bare["eclo"]
    assert "차대곰" in wrong["error"]


def test_a_missing_column_is_named(tmp_path):
    lacking = {name: value for name, value in RAW.items() if name != "노면상태"}
    with pytest.raises(table.TableError, match="노면상태"):
        processed(tmp_path, [lacking])


def test_a_table_without_rows_gives_a_header(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(",".join(RAW) + "\n", encoding="utf-8")
    process([path], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == ",".join([*RAW, *APPENDED]) + "\n"


def test_json_has_an_object_per_row(tmp_path):
    path = written(tmp_path / "in.csv", [RAW, RAW | {"기상상태": "우박"}])
    process([path], tmp_path / "out.json", output_format="json")
    good, bad = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert good["사고번호"] == RAW["사고번호"]
    assert good["eclo"] > 1
    assert bad["eclo"] is None
    assert "우박" in bad["error"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("accident_hour", "24"),
        ("accident_month", "13"),
        ("accident_year", "20"),
        ("accident_day", "1.5"),
        ("accident_hour", ""),
    ],
)
def test_numbers_out_of_range_are_errors(tmp_path, field, text):
    (row,) = processed(tmp_path, [API | {field: text}])
    assert field in row["error"]
    assert row["eclo"] == ""


def test_numbers_of_a_spreadsheet_are_read(tmp_path):
    plain, dotted = processed(tmp_path, [API, API | {"accident_hour": "14.0", "accident_day": " 10 "}])
    assert plain["eclo"] == dotted["eclo"]


def test_files_with_different_columns_are_refused(tmp_path):
    one, two = written(tmp_path / "1.csv", [RAW]), written(tmp_path / "2.csv", [API])
    with pytest.raises(table.TableError, match=r"2\.csv has other columns than 1\.csv"):
        process([one, two], tmp_path / "out.csv")


def test_files_follow_each_other(tmp_path):
    one, two = written(tmp_path / "1.csv", [RAW]), written(tmp_path / "2.csv", [RAW | {"사고번호": "2"}])
    assert process([one, two], tmp_path / "out.csv") == {"rows": 2, "errors": 0}
    assert [row["사고번호"] for row in read(tmp_path / "out.csv")] == [RAW["사고번호"], "2"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (RAW | {"사고일시": "2007년 2월 30일 01시"}, "사고일시"),
        (API | {"accident_year": "2007", "accident_month": "2", "accident_day": "30"}, "accident_day"),
    ],
)
def test_a_day_that_its_month_does_not_have_is_an_error(tmp_path, row, column):
    (written,) = processed(tmp_path, [row])
    assert written["error"] == f"{column}: 2007-02-30 is not a date; the month has fewer days"
    assert written["eclo"] == ""


def test_a_row_says_all_that_is_wrong_with_it(tmp_path):
    wrong = {"기상상태": "우박", "시군구": "이천동", "노면상태": "", "사고일시": "어제"}
    (row,) = processed(tmp_path, [RAW | wrong])
    assert row["error"].split("; ") == [
        "기상상태: '우박' is not known",
        "노면상태: it is missing",
        "시군구: '이천동' may stand for 대구광역시 남구 이천동 or 대구광역시 수성구 이천동",
        "사고일시: '어제' is not a date and an hour, such as 2018년 1월 1일 00시",
    ]
    (row,) = processed(tmp_path, [API | {"accident_hour": "24", "accident_month": "0"}])
    assert row["error"].split("; ") == [
        "accident_hour: '24' is not a whole number from 0 to 23",
        "accident_month: '0' is not a whole number from 1 to 12",
    ]


def test_a_missing_column_names_the_file_and_the_columns_that_there_are(tmp_path):
    lacking = {name: value for name, value in RAW.items() if name != "노면상태"}
    with pytest.raises(
        table.TableError, match=r"in\.csv: no column for .*노면상태.*; its columns are: 사고번호"
    ):
        processed(tmp_path, [lacking])


def test_spaces_around_a_columns_name_do_not_matter(tmp_path):
    spaced = {f" {name} ": value for name, value in RAW.items()}
    (row,), (plain,) = processed(tmp_path, [spaced]), processed(tmp_path, [RAW])
    assert row["eclo"] == plain["eclo"]
    assert list(row) == [*spaced, *APPENDED]


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(",".join([*RAW, " 기상상태"]) + "\n", encoding="utf-8")
    with pytest.raises(table.TableError, match=r"in\.csv: two columns are named '기상상태'"):
        process([path], tmp_path / "out.csv")


def test_its_own_output_is_answered_anew(tmp_path):
    rows = [RAW, RAW | {"기상상태": "우박"}]
    first = processed(tmp_path, rows)
    process([tmp_path / "out.csv"], tmp_path / "again.csv")
    assert read(tmp_path / "again.csv") == first
    mended = written(tmp_path / "mended.csv", [row | {"기상상태": "비"} for row in first])
    process([mended], tmp_path / "out.csv")
    assert [list(row) for row in read(tmp_path / "out.csv")] == [[*RAW, *APPENDED]] * 2


@pytest.mark.parametrize("name", ["eclo", "band", "error"])
def test_a_column_that_would_be_there_twice_is_refused(tmp_path, name):
    with pytest.raises(table.TableError, match=f"a column '{name}' is appended here"):
        processed(tmp_path, [RAW | {name: "mine"}])
