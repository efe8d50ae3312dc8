"""Tables and lists of one text a line: none loses a row, and broken ones lose no other than the broken."""

from __future__ import annotations

import io

import pytest

from tests.reviews.reading import read, reading, texts
from workers.reviews.reading.columns import UnreadableFileError
from workers.tables.lines import Lines
from workers.tables.records import records

LISTS = [
    "Great room, friendly staff / Bad experience overall / It was fine for one night / Would come again / Dirty",
    "Loved the size, color and fit / Terrible quality, broke in a day, do not buy / It's ok",
    "좋아요, 추천합니다 / 별로예요 / 그냥 그래요 / 정말 최고의 숙소였습니다",
    "좋아요, 추천합니다 / 별로예요",
    "Great hotel / Awful food / It was fine, really",
    "Great hotel / Awful / nice / bad / I would never go there again",
    "Terrible! / The food was really good here",
    "Excellent / Bad / It was really not that good",
    "Great room, nice staff / Bad room, awful staff / OK room, fine staff / I love it, so good",
    "Great, nice, really / Bad, awful, never / OK, fine, whatever",
    "great\tplace / bad place / ok",
    "[edit] great place / {sarcasm} nice hotel",
    "{sarcasm} great place / nice hotel",
    "[1] Great hotel / [2] Bad hotel",
    "<b>Great</b> hotel / bad",
]


@pytest.mark.parametrize("content", LISTS)
def test_a_list_of_one_text_a_line_has_no_row_lost(file, content):
    lines = content.split(" / ")
    path = file("\n".join(lines) + "\n")
    assert texts(path) == lines
    assert (reading(path).format, reading(path).column, reading(path).headings) == ("text", None, False)


@pytest.mark.parametrize("heading", ["text", "Review Text", "리뷰", "opinion"])
def test_a_list_may_have_a_heading(file, heading):
    path = file(f"{heading}\nI would never go there again\nGreat, really great\n")
    assert texts(path) == ["I would never go there again", "Great, really great"]
    assert (reading(path).format, reading(path).column, reading(path).headings) == ("text", heading, True)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,opinion\n1,a nice place\n2,a bad place\n", ["a nice place", "a bad place"]),
        ("id, stars, opinion\n1, 5, a nice place\n2, 1, a bad place\n", [" a nice place", " a bad place"]),
        ("text,\ngreat,\nbad,\n", ["great", "bad"]),
        ("text,stars\nGood, but slow,3\nBad, and slow,1\nFine,5\n", [None, None, "Fine"]),
        ("a nice place,5\na bad place,1\n", ["a nice place", "a bad place"]),
        ("id,text\n1,great", ["great"]),
        ("id,text,2024\n1,great,5\n", ["great"]),
        ("id,opinion\n1,a nice place,\n2,a bad place,\n", ["a nice place", "a bad place"]),
    ],
)
def test_a_table_is_one_by_its_cells(file, content, expected):
    path = file(content)
    assert texts(path) == expected
    assert reading(path).format == "csv"


def test_a_named_column_makes_a_table(file):
    path = file("Said, who\nGood, Ann\nBad, Bob\n")
    assert texts(path, text_column="said") == ["Good", "Bad"]


def test_the_first_line_that_says_the_delimiter_is_followed(file):
    assert texts(file("sep=;\nid;text\n1;great, really\n2;bad\n")) == ["great, really", "bad"]
    assert texts(file("sep=^\r\nid^text\r\n1^great\r\n", encoding="utf-16")) == ["great"]


def test_headings_that_stand_twice_are_told(file):
    path = file("text,text,id\ngreat,awful,1\nbad,good,2\n")
    assert texts(path) == ["great", "bad"]
    assert reading(path).note == "2 columns are called 'text'; column 1 is read"
    with pytest.raises(UnreadableFileError, match="2 columns are called 'text'; rename the one to read"):
        read(path, text_column="text")


def test_a_quote_that_is_not_closed_swallows_no_other_row(file):
    read_rows = read(file('id,text\n1,"great stay"\n2,"awful food\n3,"nice, room"\n4,"bad bed"\n'))
    assert [row.text for row in read_rows] == ["great stay", None, "nice, room", "bad bed"]
    assert read_rows[1].error == "a quote is opened and not closed"


def test_text_behind_a_quote_stays_in_its_cell(file):
    content = 'id,text\n1,"awful" food\n2,"one\ntwo"\n3,5" screen\n4,he said "ok"\n'
    assert texts(file(content)) == ["awful food", "one\ntwo", '5" screen', 'he said "ok"']


@pytest.mark.parametrize(
    "line", ['1,"open\n', 'a",b,"c\n', '1,"a""b\n', '1,"x" y,"\n', '1,"' + "x" * 300 + "\n"]
)
def test_the_ends_of_broken_quotes_are_not_looked_for_again_and_again(line, monkeypatch):
    amount, taken = 5000, []
    take = Lines.take
    monkeypatch.setattr(Lines, "take", lambda lines: taken.append(1) or take(lines))
    assert sum(1 for _ in records(io.StringIO(line * amount), ",")) >= amount / 2
    assert len(taken) < 8 * amount


@pytest.mark.parametrize("size", [70_000, 65_536 * 3])
def test_a_line_that_is_too_long_costs_one_row(file, size):
    read_rows = read(file(f"id,text\n1,{'x' * size}\n2,great\n"))
    assert [row.text for row in read_rows] == [None, "great"]
    assert "65,536 characters or more" in read_rows[0].error
    assert texts(file(f"{'x ' * size}\ngreat place\n")) == [None, "great place"]


def test_a_quoted_cell_that_is_too_long_costs_one_row_and_its_own_lines(file):
    read_rows = read(file(f'id,text\n1,"a\n{"x" * 70_000}"\n2,great\n'))
    assert [row.text for row in read_rows] == [None, None, "great"]
