"""Results as CSV: all rows, streamed, safe to open in a spreadsheet, and never half a file for a whole."""

from __future__ import annotations

import csv
import io
import socket
import uuid

import httpx
import pytest

from tests.contract.problems import problem
from tests.results.actions import CANCEL, RESULTS, ended, results, started
from tests.servers import ask as ask_database
from tests.stacks import wait_for
from tests.trial.files import LinesResults

COLUMNS = list(LinesResults.columns)


def table(text):
    """Return the records of a CSV as a spreadsheet would read it."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def download(client, job_id, **query):
    """Return a job's CSV."""
    answer = client.get(f"{RESULTS}/{job_id}", params={"format": "csv", **query})
    assert answer.status_code == 200, answer.text
    return answer


def fill(server, job_id, rows, width=20):
    """Give a job many more rows than a file of the trial system can have, of so many characters."""
    ask_database(
        server,
        "INSERT INTO trial_rows (job_id, position, file, index, text) "
        f"SELECT '{job_id}', n, 0, n, rpad('line ' || n || ' ', {width}, 'x') FROM generate_series(1, {rows - 1}) n",
    )


def connections(server):
    """Return how many connections to the database are in the middle of something."""
    return ask_database(
        server,
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'assay' "
        "AND state IN ('active', 'idle in transaction') AND query LIKE '%trial_rows%' "
        "AND datname = current_database() "
        "AND pid <> pg_backend_pid()",
    )[0][0]


def resident_mb(process):
    """Return the memory of a process and its children."""
    import psutil

    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return sum(each.memory_info().rss for each in family) / 2**20


def test_a_csv_has_a_head_and_all_rows(client):
    job_id = ended(client, "one", "bad", "", 'it\'s; "two", or', "다섯")
    answer = download(client, job_id)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert table(answer.content.decode("utf-8")) == [
        COLUMNS,
        ["0", "0", "0", "one", "3", ""],
        ["1", "0", "1", "", "", "bad"],
        ["2", "0", "2", "", "", "empty"],
        ["3", "0", "3", 'it\'s; "two", or', "15", ""],
        ["4", "0", "4", "다섯", "2", ""],
    ]
    assert answer.content.count(b"\r\n") == 6


def test_a_csv_is_a_file_with_a_name_of_ours(client):
    whole, part = ended(client, "one"), ended(client, "one", "bad")
    for job_id, name in ((whole, f"trial-{whole}.csv"), (part, f"trial-{part}-partial.csv")):
        assert download(client, job_id).headers["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("bom", ["1", "true", "0"])
def test_a_csv_for_excel_begins_with_a_byte_order_mark(client, bom):
    job_id = ended(client, "다섯")
    content = download(client, job_id, bom=bom).content
    assert content.startswith(b"\xef\xbb\xbf") == (bom != "0")
    assert table(content.decode("utf-8-sig"))[0] == COLUMNS


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\uff1d"])
def test_no_cell_is_a_formula(client, start):
    job_id = ended(client, f"{start}1+1", "fine = good")
    cells = [row[3] for row in table(download(client, job_id).text)]
    assert cells == ["text", f"'{start}1+1", "fine = good"]
    assert results(client, job_id)["rows"][0]["text"] == f"{start}1+1"


def test_a_csv_is_sent_to_who_accepts_nothing_else(client):
    job_id = ended(client, "one")
    url = f"{RESULTS}/{job_id}"
    kinds = {
        "text/csv": "text/csv",
        "text/csv, application/json;q=0.5": "text/csv",
        "*/*": "application/json",
        "application/json, text/csv": "application/json",
        "text/html": "application/json",
    }
    for accept, kind in kinds.items():
        answer = client.get(url, headers={"Accept": accept})
        assert answer.headers["Content-Type"].split(";")[0] == kind, accept
        assert answer.headers["Vary"] == "Accept"
    asked = client.get(url, params={"format": "json"}, headers={"Accept": "text/csv"})
    assert asked.headers["Content-Type"] == "application/json"


def test_a_csv_of_some_rows_has_those_only(client):
    job_id = ended(client, *range(10))
    assert [row[0] for row in table(download(client, job_id, first=3, limit=4).text)[1:]] == list("3456")
    assert [row[0] for row in table(download(client, job_id, first=8).text)[1:]] == ["8", "9"]
    assert table(download(client, job_id, first=10).text) == [COLUMNS]


@pytest.mark.parametrize("rows", [999, 1000, 1001, 2000, 2001])
def test_no_row_is_lost_between_blocks(client, postgres_server, rows):
    job_id = ended(client, "line 0")
    fill(postgres_server, job_id, rows)
    lines = table(download(client, job_id).text)[1:]
    assert [row[0] for row in lines] == [str(n) for n in range(rows)]


def test_a_csv_of_a_failed_job_is_the_problem_that_it_failed_with(client):
    job_id = ended(client, *range(6), block=2, fail_at=3)
    body = problem(client.get(f"{RESULTS}/{job_id}?format=csv"), 422, "bad_line")
    assert body["detail"] == "Line 3 cannot be read."


def test_a_csv_of_a_cancelled_job_says_in_its_name_that_it_is_partial(client):
    job_id = started(client, *range(8), block=2, seconds=0.7)
    wait_for(lambda: results(client, job_id)["rows"], what="first rows")
    client.post(f"{CANCEL}/{job_id}")
    answer = download(client, job_id)
    assert "-partial.csv" in answer.headers["Content-Disposition"]
    assert len(table(answer.text)) > 2


def test_a_head_request_sends_no_rows_and_holds_nothing(client, postgres_server):
    job_id = ended(client, "one")
    answer = client.head(f"{RESULTS}/{job_id}?format=csv")
    assert (answer.status_code, answer.content) == (200, b"")
    wait_for(lambda: connections(postgres_server) == 0, what="no open transaction")


@pytest.mark.slow("writes and downloads 50 MB")
def test_a_long_csv_takes_no_more_memory_than_a_short_one(running_stack, client, postgres_server):
    job_id = ended(client, "line 0")
    fill(postgres_server, job_id, 50_000, width=1000)
    (web, *_) = running_stack.webs
    download(client, job_id, limit=1000)
    before, most, lines = resident_mb(web), 0.0, 0
    with client.stream("GET", f"{RESULTS}/{job_id}?format=csv", timeout=120) as answer:
        for number, chunk in enumerate(answer.iter_bytes(1 << 20)):
            lines += chunk.count(b"\n")
            most = max(most, resident_mb(web)) if number % 5 == 0 else most
    assert lines == 50_001
    assert most - before < 30


def hang_up(stack, job_id):
    """Ask for a CSV, read its first bytes, and go."""
    with reluctant(stack) as sock:  # else kernels take megabytes from the server before it is read
        sock.sendall(f"GET {RESULTS}/{job_id}?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")


def reluctant(stack):
    """Return a connection that takes little before it is read."""
    sock = socket.socket()
    sock.settimeout(30)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 12)
    sock.connect(("127.0.0.1", stack.ports[0]))
    return sock


@pytest.mark.slow("hangs up 70 times, and reads 70 downloads slowly")
def test_who_hangs_up_or_reads_slowly_holds_no_connection(running_stack, client, postgres_server):
    job_id = ended(client, "line 0")
    fill(postgres_server, job_id, 10_000, width=1000)
    for _ in range(70):  # more than the pools of both web processes have
        hang_up(running_stack, job_id)
    slow = [reluctant(running_stack) for _ in range(70)]
    try:
        for sock in slow:
            sock.sendall(f"GET {RESULTS}/{job_id}?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        for sock in slow:
            assert sock.recv(1000).startswith(b"HTTP/1.1 200")
        wait_for(lambda: connections(postgres_server) == 0, timeout_s=120, what="no open transaction")
        assert client.get("/api/v1/jobs?limit=1").status_code == 200
    finally:
        for sock in slow:
            sock.close()


@pytest.mark.parametrize("end", ["DELETE FROM jobs", "UPDATE jobs SET version = version + 1"])
def test_a_csv_whose_job_changes_breaks_off(client, postgres_server, end):
    job_id = ended(client, "line 0")
    fill(postgres_server, job_id, 30_000, width=1000)  # more than the buffers of a connection hold
    with client.stream("GET", f"{RESULTS}/{job_id}?format=csv") as answer:
        chunks = answer.iter_bytes()
        next(chunks)
        ask_database(postgres_server, f"{end} WHERE id = '{job_id}'")
        with pytest.raises(httpx.RemoteProtocolError):
            list(chunks)


def test_a_csv_of_nothing_is_a_404(client):
    problem(client.get(f"{RESULTS}/{uuid.uuid4()}?format=csv"), 404, "not_found")
