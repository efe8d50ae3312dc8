"""JSON files: arrays, objects and lines; what is broken is said, and nothing is passed over in silence."""

from __future__ import annotations

import json

import pytest

from tests.reviews.reading import read, reading, texts
from workers.reviews.reading.columns import UnreadableFileError

ONE, TWO = {"text": "one"}, {"text": "two"}


@pytest.mark.parametrize("content", ["{}\n[{}]", "{}garbage", "{}, 1", "{}]"])
def test_what_follows_an_array_is_an_error(file, content):
    read_rows = read(file(content.format(json.dumps([ONE]), json.dumps(TWO))))
    assert [row.text for row in read_rows] == ["one", None]
    assert "something follows the array" in read_rows[1].error


def test_what_follows_an_array_within_an_object_is_the_rest_of_the_object(file):
    whole = json.dumps({"n": 2, "reviews": [ONE, TWO], "more": {"a": [1]}}, indent=1)
    assert texts(file(whole)) == ["one", "two"]
    read_rows = read(file(whole + " garbage"))
    assert [row.text for row in read_rows] == ["one", "two", None]
    assert "not the rest of an object" in read_rows[2].error


def test_elements_have_commas_between_them(file):
    read_rows = read(file('[{"text": "one"} {"text": "two"}]'))
    assert [row.text for row in read_rows] == ["one", None]
    assert "a comma should stand before '{'" in read_rows[1].error


def test_the_one_array_of_an_object_is_read(file):
    content = json.dumps({"title": "Mine", "mine": [ONE, TWO]})
    for indent in (None, 2):
        path = file(json.dumps(json.loads(content), indent=indent))
        assert (texts(path), reading(path).format) == (["one", "two"], "json")


def test_an_array_with_a_usual_name_is_read_before_others(file):
    assert texts(file(json.dumps({"tags": ["a"], "reviews": [ONE, TWO]}))) == ["one", "two"]


def test_an_object_with_several_arrays_is_refused_with_their_names(file):
    with pytest.raises(UnreadableFileError, match="several arrays, 'good', 'bad'; call the one to read"):
        read(file(json.dumps({"good": [ONE], "bad": [TWO]}, indent=1)))


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("more", [{}, {"tags": ["a", "b"]}])
def test_one_object_is_one_row(file, indent, more):
    assert texts(file(json.dumps({**ONE, **more}, indent=indent))) == ["one"]


def test_objects_over_many_lines_may_follow_each_other(file):
    assert texts(file("\n".join(json.dumps(each, indent=2) for each in (ONE, TWO)))) == ["one", "two"]


def test_lines_of_objects_that_have_arrays_are_lines(file):
    path = file("\n".join(json.dumps({**each, "tags": ["a"]}) for each in (ONE, TWO)))
    assert (texts(path), reading(path).format) == (["one", "two"], "json_lines")


def test_a_first_line_that_is_broken_costs_one_row(file):
    read_rows = read(file('{broken\n{"text": "one"}\n{"text": "two"}\n'))
    assert [row.text for row in read_rows] == [None, "one", "two"]


def test_a_line_that_is_too_long_costs_one_row(file):
    read_rows = read(file(f'{{"text": "one"}}\n{{"text": "{"x" * 1_200_000}"}}\n{{"text": "two"}}\n'))
    assert [row.text for row in read_rows] == ["one", None, "two"]
    assert "1,048,576 characters or more" in read_rows[1].error


@pytest.mark.parametrize("content", ["[id],text\n1,great\n2,bad\n", 'text,id\n"[Edit] great",1\nbad,2\n'])
def test_a_table_may_have_brackets(file, content):
    assert len(texts(file(content))) == 2


@pytest.mark.parametrize(
    ("value", "shown_value"),
    [(None, "null"), (3, "a number"), (True, "true or false"), ([1], "an array"), ({"a": 1}, "an object")],
)
def test_a_value_that_is_no_text_is_said_in_the_words_of_json(file, value, shown_value):
    read_rows = read(file(json.dumps([ONE, {"text": value}, value])))
    assert read_rows[1].error == f"the field 'text' should be a text and is {shown_value}"
    assert read_rows[1].value == (None if value is None else json.dumps(value))
    assert read_rows[2].error.endswith((f"but {shown_value}", "is missing"))


def test_a_field_that_is_missing_has_no_value(file):
    read_rows = read(file(json.dumps([ONE, {"other": 1}])))
    assert (read_rows[1].value, "is missing" in read_rows[1].error) == (None, True)


@pytest.mark.parametrize("number", ["12345", "-67", "4.25", "1e3", "-2.5E-10", "7e+2"])
def test_a_number_that_is_cut_where_a_read_ends_is_one_value(file, monkeypatch, number):
    for size in range(1, 40):
        monkeypatch.setattr("workers.reviews.reading.json_rows.READ_CHARACTERS", size)
        read_rows = read(file(f'["one", {number}, "two", {number}]'))
        assert [row.text for row in read_rows] == ["one", None, "two", None]
        assert [row.value for row in read_rows[1::2]] == [json.dumps(json.loads(number))] * 2
