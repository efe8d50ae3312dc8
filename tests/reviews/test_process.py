import csv
import json
import tracemalloc

import pytest

from app.files.jobs.csv_cells import escape_formula
from app.reviews.sent import COLUMNS
from app.setting_values import SettingError
from tests.reviews.reading import read, texts
from workers.reviews.process import process
from workers.reviews.reading import rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import Wanted
from workers.tables.records import records

PRAISE, BLAME = "I love this camera, it is wonderful.", "Awful, it broke after two days."


def processed(path, out, **options):
    process([path], out, **options)
    with out.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(file, delimiter):
    lines = [["id", "text", "stars"], ["1", "fine", "4"], ["2", "poor", "1"]]
    assert texts(file("\n".join(delimiter.join(line) for line in lines))) == ["fine", "poor"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
def test_encodings_are_found(file, encoding):
    content = "번호,text\n1,배우들 연기가 좋았어요\n2,너무 지루했습니다\n"
    assert texts(file(content, encoding=encoding)) == ["배우들 연기가 좋았어요", "너무 지루했습니다"]


def test_western_windows_text_is_not_taken_for_korean(file):
    content = "id,text\n1,Très déçu du café\n2,Größe paßt nicht\n"
    assert texts(file(content, encoding="cp1252")) == ["Très déçu du café", "Größe paßt nicht"]


def test_a_broken_byte_costs_one_row(file):
    good = "리뷰가 좋아요".encode()
    read_rows = read(file(b"id,text\n1," + good + b"\n2,bro\xffken\n3," + good + b"\n"))
    assert [row.text for row in read_rows] == ["리뷰가 좋아요", None, "리뷰가 좋아요"]
    assert "encoding" in read_rows[1].error


def test_a_broken_byte_of_a_short_korean_file_costs_one_row(file):
    lines = ["리뷰,점수", "배송이 빨라서 좋아요,5", "정말 별로예요,1", "다시 살게요,4"]
    read_rows = read(file("\n".join(lines).encode("cp949").replace("별".encode("cp949"), b"\xff")))
    assert [row.text for row in read_rows] == ["배송이 빨라서 좋아요", None, "다시 살게요"]
    assert "encoding" in read_rows[1].error


FOREIGN = {
    "gbk": "这个产品非常好、质量不错、物流也很快",
    "big5": "這個產品非常好、品質不錯、物流也很快",
    "shift_jis": "この商品はとても良いです、また買います",
    "euc-jp": "この商品はとても良いです、また買います",
    "cp1251": "Очень хороший товар, быстро доставили",
}


@pytest.mark.parametrize("encoding", FOREIGN)
def test_an_encoding_that_cannot_be_told_is_asked_for_and_read_where_it_is_named(file, encoding):
    text = FOREIGN[encoding].replace(",", " ")
    path = file(f"id,text\n1,{text}\n2,{text}\n".encode(encoding))
    with pytest.raises(UnreadableFileError, match=r"(encoding|not text)"):
        read(path)
    with rows.opened(path, Wanted(encoding=encoding)) as table:
        assert table.reading.encoding == encoding
        assert [row.text for row in table.rows] == [text, text]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_the_encoding_that_is_read_is_said(file, encoding):
    with rows.opened(file("text\n배우들 연기가 좋았어요\n", encoding=encoding)) as table:
        assert table.reading.encoding == encoding


@pytest.mark.parametrize("cell", ["nan", "None", "N/A", "-", "null", " - "])
def test_what_programs_write_for_nothing_is_no_opinion(file, cell):
    (row, _) = read(file(f"id,text\n1,{cell}\n2,fine\n"))
    assert row.text is None
    assert "empty" in row.error


def test_what_is_no_text_is_refused_with_what_stands_where(file):
    with pytest.raises(UnreadableFileError, match=r"not text: 1 of its first 14 bytes .* 0x00 at byte 11"):
        read(file(b"id,text\n1,a\0b\n"))


def test_quoted_cells_keep_commas_quotes_and_lines(file):
    content = 'id,text\n1,"one, ""two""\nthree"\n2,four\n'
    assert texts(file(content)) == ['one, "two"\nthree', "four"]


def test_commas_of_a_table_of_one_column_are_text(file):
    assert texts(file("text\nGood, but slow\nBad\n")) == ["Good, but slow", "Bad"]


def test_a_list_without_heading_has_no_row_lost(file):
    assert texts(file("I would buy this again\nNever ever buy this\n")) == [
        "I would buy this again",
        "Never ever buy this",
    ]


def test_a_quote_never_closed_costs_one_row(file):
    lines = ["id,text", '1,"open', *(f"{n},row {n}" for n in range(2, 1000))]
    read_rows = read(file("\n".join(lines)))
    assert "quote" in read_rows[0].error
    assert [row.text for row in read_rows[1:]] == [f"row {n}" for n in range(2, 1000)]
    assert [row.index for row in read_rows] == list(range(999))


def test_a_quote_never_closed_at_the_end_costs_one_row(file):
    read_rows = read(file('id,text\n1,fine\n2,"open\n3,fine too\n'))
    assert [row.text for row in read_rows] == ["fine", None, "fine too"]


def test_a_record_with_too_many_or_too_few_cells_is_an_error(file):
    read_rows = read(file("id,text,stars\n1,good,5\n2,good, but slow,3\n3\n4,bad,1,\n"))
    assert [row.text for row in read_rows] == ["good", None, None, "bad"]
    assert "4 columns where the headings have 3" in read_rows[1].error


@pytest.mark.parametrize("name", ["Review Text", "COMMENT", "내용", "리뷰"])
def test_usual_headings_are_known(file, name):
    assert texts(file(f"title,{name}\nlong words stand in this title,short\n")) == ["short"]


def test_the_longest_prose_is_read_where_no_heading_is_known(file):
    content = "code,what they said\nA1,This one is really very good\nA2,This one is really rather bad\n"
    assert texts(file(content)) == ["This one is really very good", "This one is really rather bad"]


def test_a_column_can_be_named(file):
    path = file("text,title\nlong,short\n")
    assert texts(path, text_column="Title") == ["short"]
    with pytest.raises(UnreadableFileError, match="no column 'body'; there are 'text', 'title'"):
        texts(path, text_column="body")


def test_a_file_without_text_is_refused(file):
    with pytest.raises(UnreadableFileError, match="no column looks like text"):
        texts(file("a,b\n1,2\n3,4\n"))


@pytest.mark.parametrize(
    "content", [b"", b" \n\n", b"\x89PNG\r\n\x1a\n\x00\x01\x00\x00a", b"[1, 2, 3]", b'{"broken']
)
def test_what_holds_no_reviews_is_refused(file, content):
    with pytest.raises(UnreadableFileError):
        read(file(content))


def test_json_arrays_lines_and_wrapped_arrays_are_read(file):
    objects = [{"text": "one"}, {"text": "two", "lang": "ko"}]
    for content in (
        json.dumps(objects),
        json.dumps(objects, indent=2),
        json.dumps({"reviews": objects}),
        "\n".join(map(json.dumps, objects)),
        json.dumps(["one", "two"]),
    ):
        assert texts(file(content, name="reviews.json")) == ["one", "two"]


def test_the_language_of_a_row_is_read(file):
    content = "text,lang\nfine,en\nfine,no code at all\n"
    assert [row.language for row in read(file(content))] == ["en", None]


def test_a_bad_json_line_costs_one_row(file):
    read_rows = read(
        file('{"text": "one"}\n{broken\n{"text": 3}\n{"other": 1}\n\n{"text": "two"}\n', name="r.jsonl")
    )
    assert [row.text for row in read_rows] == ["one", None, None, None, "two"]
    assert [row.index for row in read_rows] == list(range(5))
    assert "a number" in read_rows[2].error
    assert "missing" in read_rows[3].error


def test_a_fault_in_a_json_array_ends_it_with_an_error(file):
    read_rows = read(file('[{"text": "one"}, {"text": }, {"text": "two"}]', name="r.json"))
    assert [row.text for row in read_rows] == ["one", None]
    assert "not JSON from here on" in read_rows[1].error


def test_a_json_array_cut_off_says_so(file):
    read_rows = read(file('[{"text": "one"}, {"text": "tw', name="r.json"))
    assert read_rows[0].text == "one"
    assert read_rows[1].error


def test_json_values_are_whole_across_reads(file, monkeypatch):
    monkeypatch.setattr("workers.reviews.reading.json_rows.READ_CHARACTERS", 7)
    objects = [{"text": f"review number {n}", "stars": 12345} for n in range(50)]
    assert texts(file(json.dumps(objects), name="r.json")) == [row["text"] for row in objects]


def test_a_character_is_a_code_point(file):
    family = "👩‍👩‍👧"  # five code points that are drawn as one
    read_rows = read(file(f"text\n{'👍' * 512}\n{'é' * 512}\n{'👍' * 513}\n{family * 103}\n"))
    assert [row.text is not None for row in read_rows] == [True, True, False, False]
    assert "513 characters, at most 512" in read_rows[2].error


def test_a_text_of_which_nothing_is_seen_is_an_error(file):
    read_rows = read(file("id,text\n1,\n2,  \n3,\u3000\u200b\ufeff\n4,fine\n"))
    empty = "the text is empty, 1 to 512 characters are right"
    assert [row.error for row in read_rows] == [empty, empty, empty, None]


@pytest.mark.slow("reads a long file while each piece of memory is counted")
def test_memory_does_not_grow_with_the_file(file):
    line = "id,text\n" + '7,"A rather ordinary review of a rather ordinary thing."\n' * 40_000
    path = file(line)
    tracemalloc.start()
    with rows.opened(path) as opened:
        count = sum(1 for _ in opened.rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40_000
    assert peak < path.stat().st_size / 2


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "-1+1", "@x", "\tx", "\rx"])
def test_formulas_are_defused(cell):
    assert escape_formula(cell) == "'" + cell


def test_ordinary_cells_stay_as_they_are():
    assert escape_formula("fine = good") == "fine = good"


def test_each_row_gets_its_answer_in_order(file, tmp_path):
    path = file(
        f'id,text\n1,"{PRAISE}"\n2,\n3,"{BLAME}"\n4,Das war leider alles sehr enttäuschend für uns.\n'
    )
    answers = processed(path, tmp_path / "out.csv")
    ours = [name for name in COLUMNS if name != "text"]
    assert list(answers[0]) == ["id", "text", *ours]
    assert [row["id"] for row in answers] == ["1", "2", "3", "4"]
    assert [row["index"] for row in answers] == ["0", "1", "2", "3"]
    assert [row["label"] for row in answers] == ["positive", "", "negative", ""]
    assert [row["language_supported"] for row in answers] == ["true", "", "true", "false"]
    assert [row["language"] for row in answers] == ["en", "", "en", "de"]
    assert [bool(row["error"]) for row in answers] == [False, True, False, False]
    shares = [float(answers[0][name]) for name in ("positive", "negative", "neutral")]
    assert sum(shares) == pytest.approx(1, abs=2e-4)


def test_the_totals_add_up_to_the_rows(file, tmp_path):
    path = file(
        f'id,text\n1,"{PRAISE}"\n2,\n3,"{BLAME}"\n4,Das war leider alles sehr enttäuschend für uns.\n'
    )
    totals = process([path], tmp_path / "out.csv")
    assert totals["rows"] == 4
    assert totals["errors"] == totals["unsupported"] == 1
    assert totals["totals"] == {"negative": 1, "neutral": 0, "positive": 1}
    assert totals["shares"] == {"negative": 0.5, "neutral": 0.0, "positive": 0.5}
    assert totals["languages"] == {"de": 1, "en": 2}


def test_json_output_holds_the_same_answers(file, tmp_path):
    path = file(f'id,text\n1,"{PRAISE}"\n2,\n')
    process([path], tmp_path / "out.json", output_format="json")
    answers = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [row["label"] for row in answers] == ["positive", None]
    assert set(answers[0]) == {*COLUMNS, "id", "input"}
    assert [row["input"] for row in answers] == [{"id": "1", "text": PRAISE}, {"id": "2", "text": ""}]


def test_several_files_are_named_in_the_answer(file, tmp_path):
    paths = [file(f"text\n{PRAISE}\n", name="=a.csv"), file(f"text\n{BLAME}\n", name="b.csv")]
    process(paths, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        answers = list(csv.DictReader(stream))
    assert [(row["file"], row["index"], row["label"]) for row in answers] == [
        ("0", "0", "positive"),
        ("1", "0", "negative"),
    ]


def test_a_file_that_cannot_be_read_is_named_and_leaves_no_output(file, tmp_path):
    with pytest.raises(UnreadableFileError, match=r"reviews\.csv: the file is empty"):
        process([file(b"")], tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["reviews.csv"]


def test_a_failure_on_the_way_leaves_no_output(file, tmp_path, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("workers.reviews.judging.judge", fail)
    with pytest.raises(MemoryError):
        process([file(f"text\n{PRAISE}\n")], tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["reviews.csv"]


def test_one_of_several_files_that_cannot_be_read_is_a_row_with_an_error(file, tmp_path):
    paths = [file(b"", name="a.csv"), file(f"text\n{BLAME}\n", name="b.csv")]
    totals = process(paths, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        answers = list(csv.DictReader(stream))
    assert [(row["file"], row["index"], row["label"]) for row in answers] == [
        ("0", "0", ""),
        ("1", "0", "negative"),
    ]
    assert answers[0]["error"] == "the file cannot be read: the file is empty"
    assert (totals["rows"], totals["errors"]) == (2, 1)
    assert [(each["error"], each["column"]) for each in totals["files"]] == [
        ("the file is empty", None),
        (None, "text"),
    ]


def test_files_of_which_none_can_be_read_are_all_named(file, tmp_path):
    with pytest.raises(UnreadableFileError, match=r"a\.csv: the file is empty; .*b\.csv: no column"):
        process([file(b"", name="a.csv"), file("a,b\n1,2\n", name="b.csv")], tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_records_are_put_back_after_an_open_quote(file):
    path = file('a,"open\nb,c\n')
    with path.open(newline="") as stream:
        read = list(records(stream, ","))
    assert [bool(record.fault) for record in read] == [True, False]
    assert read[1].cells == ["b", "c"]


def test_the_version_is_the_one_asked_for_or_that_of_the_setting(file, tmp_path, monkeypatch):
    path, out = file(f"text\n{PRAISE}\n"), tmp_path / "out.csv"
    monkeypatch.setenv("MODEL_VERSIONS", "reviews=minilm:10,small:90")
    assert process([path], out)["model_version"] == "small"
    monkeypatch.setenv("MODEL_VERSIONS", "reviews=nosuch")
    with pytest.raises(SettingError, match="no version 'nosuch'"):
        process([path], out)
    with pytest.raises(ValueError, match="no version 'other'; it has: minilm, small"):
        process([path], out, model_version="other")


def test_an_encoding_is_named_as_an_option(file, tmp_path):
    path, out = file("text\n이 영화 정말 재미있고 감동적이에요\n", encoding="cp949"), tmp_path / "out.csv"
    assert process([path], out, options={"encoding": "cp949"})["files"][0]["encoding"] == "cp949"
    with pytest.raises(ValueError, match="'martian' is not read"):
        process([path], out, options={"encoding": "martian"})
    with pytest.raises(ValueError, match="no option 'colour'"):
        process([path], out, options={"colour": "red"})


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_broken_byte_costs_one_row_of_the_output_too(file, tmp_path, form):
    rows = ["번호,리뷰,가게", "1,배송이 빠르고 친절해요,서울", "2,별로예요,부산", "3,다시 살게요,대구"]
    content = "\n".join(rows).encode("cp949").replace("별".encode("cp949"), b"\xff")
    out = tmp_path / f"out.{form}"
    summary = process([file(content.replace("대".encode("cp949"), b"\xff"))], out, output_format=form)
    assert (summary["rows"], summary["errors"]) == (3, 1)
    written = out.read_text("utf-8")
    assert "배송이 빠르고 친절해요" in written
    assert "\ufffd" in written
