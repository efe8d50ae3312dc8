"""Queries: what they give, what they refuse, and that nothing leaves the file."""

from __future__ import annotations

import duckdb
import pytest

from app.accidents.datasets import executor
from app.accidents.datasets.evidence import ask, dump, load
from app.accidents.datasets.operands import BadQuery
from app.accidents.datasets.profile import UnknownColumn
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Part, Query
from workers.accidents.datasets import database, reading
from workers.accidents.datasets.table import opened

COUNT = Measure(Function.COUNT)
TABLE = "구,날,수,우편\n중구,2018-01-01,3,01234\n중구,2018-02-03,,00001\n동구,2018-01-08,5,01234\n,2018-01-09,7,09999\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    with opened(path) as made:
        yield made


def rows(table, *measures, **query):
    return ask(table, Query(measures or (COUNT,), **query))["rows"]


def test_is_not_keeps_the_missing_so_that_both_add_up(table):
    here = Filter(Field("구"), Op.IS, ("중구",))
    rest = Filter(Field("구"), Op.IS_NOT, ("중구",))
    assert rows(table, where=(here,)) == [[2]]
    assert rows(table, where=(rest,)) == [[2]]
    assert rows(table, where=(Filter(Field("구"), Op.NOT_IN, ("중구", "동구")),)) == [[1]]
    assert rows(table, where=(Filter(Field("구"), Op.MISSING),)) == [[1]]


def test_a_sum_of_no_row_or_of_missing_ones_is_unknown_and_not_zero(table):
    total = Measure(Function.SUM, "수")
    assert rows(table, total, where=(Filter(Field("구"), Op.IS, ("서구",)),)) == [[None]]
    assert rows(table, total, where=(Filter(Field("날", Part.MONTH), Op.IS, (2,)),)) == [[None]]


def test_evidence_says_how_many_rows_were_left_out_and_of_how_many_a_share_is(table):
    answer = ask(table, Query((Measure(Function.MEAN, "수"),)))
    assert (answer["rows"], answer["matched"], answer["missing_left_out"]) == ([[5.0]], 4, 1)
    share = Measure(Function.SHARE, where=(Filter(Field("구"), Op.IS, ("중구",)),))
    assert ask(table, Query((share,)))["denominator"] == 4


def test_ties_at_the_cut_are_all_there(table):
    groups = rows(table, group=(Field("구"),), order=(Order(1, descending=True),), limit=2)
    assert groups == [["중구", 2], ["동구", 1], [None, 1]]


def test_a_part_is_of_all_groups_and_not_of_those_shown(table):
    part = Measure(Function.PART)
    groups = rows(table, part, group=(Field("구"),), order=(Order(1, descending=True),), limit=1)
    assert groups == [["중구", 0.5]]


@pytest.mark.parametrize(
    ("part", "wanted"),
    [(Part.YEAR, 2018), (Part.MONTH, 1), (Part.WEEKDAY, 1), (Part.DATE, "2018-01-01"), (Part.QUARTER, 1)],
)
def test_parts_of_a_date_can_be_grouped_by(table, part, wanted):
    assert rows(table, group=(Field("날", part),), order=(Order(0),))[0][0] == wanted


@pytest.mark.parametrize(
    "query",
    [
        Query((Measure(Function.SUM, "구"),)),
        Query((Measure(Function.MEAN, "우편"),)),
        Query((COUNT,), group=(Field("날", Part.HOUR),)),
        Query((COUNT,), group=(Field("수", Part.BIN, width=0.0),)),
        Query((COUNT,), where=(Filter(Field("수"), Op.ABOVE, ("many",)),)),
        Query((COUNT,), where=(Filter(Field("날"), Op.IS, ("2018-02-30",)),)),
        Query((Measure(Function.SHARE),)),
        Query((Measure(Function.PERCENTILE, "수", fraction=1.5),)),
        Query((COUNT,), limit=0),
        Query((COUNT,), order=(Order(3),)),
        Query((COUNT,) * 300),
    ],
)
def test_a_query_that_does_not_fit_is_refused_before_it_runs(table, query):
    with pytest.raises(BadQuery):
        ask(table, query)


def test_a_column_that_is_not_there_is_refused_with_those_that_are(table):
    with pytest.raises(UnknownColumn, match="구, 날, 수, 우편"):
        ask(table, Query((COUNT,), group=(Field("1; DROP TABLE data"),)))


def test_hostile_values_are_values(table):
    assert rows(table, where=(Filter(Field("구"), Op.IS, ("' OR 1=1 --",)),)) == [[0]]


def test_a_query_survives_its_json(table):
    query = Query(
        (Measure(Function.SHARE, "수", where=(Filter(Field("구"), Op.IN, ("중구", "동구")),)), COUNT),
        where=(Filter(Field("날", Part.YEAR), Op.BETWEEN, (2017, 2018)),),
        group=(Field("구", Part.WORD, number=1),),
        order=(Order(1, descending=True),),
        limit=7,
    )
    assert load(dump(query)) == query


@pytest.fixture
def file(tmp_path):
    source, target = tmp_path / "table.csv", tmp_path / "table.duckdb"
    source.write_text(TABLE, encoding="utf-8")
    database.write(reading.read(source), target)
    return target


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY data TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.db'",
        "DROP TABLE data",
        "CREATE TABLE other (a INTEGER)",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_nothing_that_runs_over_a_data_set_can_leave_or_change_it(file, sql):
    with executor.connect(file) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql).fetchall()


def test_a_query_that_takes_too_long_is_stopped(file):
    long = "SELECT count(*) FROM range(100000000) a, range(100000000) b"
    with executor.connect(file) as connection, pytest.raises(executor.QueryTimeout):
        executor.fetch(connection, executor.Statement(long, (), 1), most_s=0.05)
