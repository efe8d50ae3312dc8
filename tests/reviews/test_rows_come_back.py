"""The caller's rows come back with ours beside them, in one form over the API and on the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from app.reviews.sent import COLUMNS
from tests.reviews.asking import BLAME, PRAISE, TASKS, ended, judge, send
from tests.reviews.reading import reading, texts
from workers.reviews.process import process
from workers.reviews.reading.columns import UnreadableFileError

TABLE = f'order,review,label,change\nA-1,"{PRAISE}",good,-5\n=2+2,"{BLAME}",bad,+3\nA-3,,none,0\n'
HEADINGS = ["order", "review", "input_label", "change", *COLUMNS]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def answered(file, tmp_path):
    """A function that judges a file's content as the command does, and returns the CSV as text."""

    def run(content, text_column=None, **options):
        out = tmp_path / "out.csv"
        process([file(content)], out, text_column=text_column, options=options)
        return out.read_text("utf-8")

    return run


def test_columns_that_are_called_like_ours_are_renamed_and_ours_never(answered):
    rows = rows_of(answered(TABLE))
    assert list(rows[0]) == HEADINGS
    assert [row["order"] for row in rows] == ["A-1", "'=2+2", "A-3"], "formulas are defused"
    assert [row["change"] for row in rows] == ["-5", "+3", "0"], "a signed number is none"
    assert [row["input_label"] for row in rows] == ["good", "bad", "none"]
    assert [row["label"] for row in rows] == ["positive", "negative", ""]
    assert [row["review"] for row in rows] == [row["text"] for row in rows] == [PRAISE, BLAME, ""]
    assert [row["position"] for row in rows] == ["0", "1", "2"]
    assert [row["language_supported"] for row in rows] == ["true", "true", ""]


def test_a_text_with_an_error_comes_back_whole(answered):
    (row,) = rows_of(answered(f"id,text\n7,{'x' * 600}\n"))
    assert (row["id"], row["text"], row["label"]) == ("7", "x" * 600, "")
    assert "600 characters, at most 512 are allowed; with `truncate` or `by_sentence`, 5000" in row["error"]


def test_columns_without_a_name_or_with_one_twice_come_back_apart(answered):
    rows = rows_of(answered(f'a,text,a,\n1,"{PRAISE}",2,3\n'))
    assert list(rows[0])[:4] == ["a", "text", "a (2)", "column 4"]
    assert [rows[0][name] for name in ("a", "a (2)", "column 4")] == ["1", "2", "3"]


def test_fields_that_few_objects_have_come_back(answered):
    lines = [{"text": PRAISE, "stars": 5}] * 60 + [{"text": BLAME, "shop": {"city": "Busan"}}]
    rows = rows_of(answered("\n".join(map(json.dumps, lines))))
    assert list(rows[0]) == ["text", "stars", "shop", *COLUMNS[:3], *COLUMNS[4:]]
    assert (rows[0]["stars"], rows[0]["shop"]) == ("5", "")
    assert (rows[60]["stars"], rows[60]["shop"]) == ("", '{"city": "Busan"}')


@pytest.mark.parametrize(
    "content",
    [
        "Reviews of May\nid,text\n1,great\n2,awful\n",
        "Reviews of May,,\n\nid,text,\n1,great,\n2,awful,\n",
        "Exported: 2026-05-01\nby Ann\nid;review\n1;great\n2;awful\n",
        "Our guests\nno,what they said\n1,great place\n2,awful place\n",
        "Reviews of May\n\ntext\ngreat\nawful\n",
    ],
)
def test_a_title_above_the_headings_is_no_row(file, content):
    path = file(content)
    assert [text.split()[0] for text in texts(path)] == ["great", "awful"]
    assert "above the heading" in reading(path).note


def test_a_list_of_reviews_has_no_title(file):
    lines = ["Great room", "nice, clean, quiet", "bad, loud, dirty", "a comment, a review", "so so, really"]
    path = file("\n".join(lines) + "\n")
    assert texts(path) == lines
    assert reading(path).note is None


def test_a_second_column_as_good_as_the_one_that_is_read_is_named(file):
    content = f'text,comment,stars\n"{PRAISE}","{BLAME}",5\n'
    expected = "'comment' may hold reviews as well; 'text' is read, `text_column` names another"
    assert reading(file(content)).note == expected
    assert reading(file(content), text_column="comment").note is None
    assert reading(file(f'text,title\n"{PRAISE}",short\n')).note is None
    assert reading(file(json.dumps([{"text": PRAISE, "comment": BLAME}]))).note == expected


def test_a_row_is_named_by_the_column_that_is_asked_for(file, tmp_path):
    out = tmp_path / "out.json"
    process([file(TABLE)], out, output_format="json", options={"id_column": "order"})
    assert [row["id"] for row in json.loads(out.read_text("utf-8"))] == ["A-1", "=2+2", "A-3"]
    with pytest.raises(UnreadableFileError, match="no column 'key'; there are 'order'"):
        process([file(TABLE)], out, options={"id_column": "key"})


@pytest.mark.parametrize(("option", "label"), [("truncate", "positive"), ("by_sentence", "negative")])
def test_a_long_text_is_judged_as_the_caller_says(answered, option, label):
    text = f"{PRAISE} {BLAME * 40}"
    (row,) = rows_of(answered(f'text\n"{PRAISE * 15} {BLAME * 80}"\n', **{option: "true"}))
    assert (row["label"], len(row["text"]) > 2000) == (label, True), text


def test_options_that_are_not_right_are_named(file, tmp_path):
    for options, message in (
        ({"truncate": "yes"}, "truncate is true or false, not 'yes'"),
        ({"language": "Martian"}, "the language 'Martian' is not"),
        ({"colour": "red"}, "it has: encoding, id_column, language, truncate, by_sentence"),
    ):
        with pytest.raises(ValueError, match=message):
            process([file(TABLE)], tmp_path / "out.csv", options=options)


def test_the_api_answers_with_the_same_csv_as_the_command(client, answered):
    shown = ended(client, send(client, TABLE, id_column="order", metadata='{"shop": "Busan"}'))
    answer = client.get(shown["results_url"], params={"format": "csv"})
    ours, theirs = rows_of(answer.text), rows_of(answered(TABLE, id_column="order"))
    for row in (*ours, *theirs):
        for name in ("positive", "negative", "neutral", "mixed"):
            row[name] = round(float(row[name]), 4) if row[name] else None
    assert ours == theirs
    assert [row["id"] for row in shown["rows"]] == ["A-1", "=2+2", "A-3"]
    assert shown["rows"][0]["input"] == {"order": "A-1", "review": PRAISE, "label": "good", "change": "-5"}
    assert shown["metadata"] == {"shop": "Busan"}
    (read,) = shown["summary"]["files"]
    assert (read["columns"], read["text_column"]) == (["order", "review", "label", "change"], "review")


def test_a_long_review_is_judged_where_it_is_said_how(client):
    text = f"{PRAISE * 15} {BLAME * 20}"
    assert judge(client, text).status_code == 422
    cut = judge(client, text, truncate=True).json()["result"]
    assert (cut["label"], [each["code"] for each in cut["warnings"]]) == ("positive", ["truncated"])
    assert f"Of {len(text)} characters the first 512" in cut["warnings"][0]["message"]
    whole = judge(client, text, by_sentence=True, explain=True).json()["result"]
    assert whole["sentences"][-1]["end"] == len(text)
    assert whole["warnings"] == []
    assert {text[each["start"] : each["end"]] for each in whole["contributions"]} >= {"wonderful", "Awful"}
    assert judge(client, "x" * 5000, truncate=True).status_code == 200
    assert "to 5000" in judge(client, "x" * 5001, truncate=True).json()["errors"][0]["reason"]


def test_metadata_come_back_with_a_review(client):
    body = judge(client, PRAISE, metadata={"order": 7}).json()
    assert body["metadata"] == {"order": 7}
    assert client.get(f"{TASKS}/{body['task_id']}").json() == body
    (row,) = judge(client, PRAISE, metadata="x").json()["errors"]
    assert (row["field"], "1000 characters of JSON" in row["reason"]) == ("metadata", True)


def test_sentences_in_two_languages_are_judged_each_in_its_own(client):
    text = "배송이 정말 빠르고 좋아요. The box was broken and the cable is terrible."
    result = judge(client, text).json()["result"]
    assert [each["label"] for each in result["sentences"]] == ["positive", "negative"]
    assert result["mixed"] > 0.5


def test_sentences_of_two_languages_in_latin_letters_are_judged_each_in_its_own(client):
    text = "Makanannya enak sekali &amp; murah. The service was terrible and slow."
    result = judge(client, text, explain=True).json()["result"]
    assert [each["label"] for each in result["sentences"]] == ["positive", "negative"]
    places = {each["word"]: (each["start"], each["end"]) for each in result["contributions"]}
    assert {"enak", "terrible"} <= places.keys()
    assert all(text[start:end] == word for word, (start, end) in places.items())
