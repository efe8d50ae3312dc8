"""Files of reviews through the real API: each kind of file has a clear answer."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import pytest

from tests.reviews.asking import BLAME, PRAISE, TASKS, ended, send
from tests.servers import ask as ask_database
from tests.stacks import wait_for

MIXED = f'id,text\n1,"{PRAISE}"\n2,"{BLAME}"\n'
KOREAN = "번호,리뷰\n1,배우들 연기가 정말 좋았어요\n2,너무 지루하고 재미없습니다\n"


def labels(client, content, **options):
    """Return the labels of a file's rows, None where there is none."""
    return [row["label"] for row in ended(client, send(client, content, **options))["rows"]]


def refused(answer, status):
    """Assert that a file was refused with the API's code, and return the problem."""
    assert (answer.status_code, answer.json()["code"]) == (status, "03"), answer.text
    return answer.json()


def unreadable(client, content, **options):
    """Assert that a file was accepted and found unreadable, and return what is said of it."""
    shown = ended(client, send(client, content, **options))
    assert (shown["status"], shown["error"]["code"], shown["rows"]) == ("error", "03", [])
    job = client.get(f"/api/v1/jobs/{shown['task_id']}").json()
    assert (len(job["attempts"]), job["dead"]) == (1, False), "it is not tried again"
    return shown["error"]["detail"]


def test_a_file_is_judged_row_by_row_and_summed_up(client):
    french = "Ce restaurant est vraiment formidable"
    shown = ended(client, send(client, f"{MIXED}3,{french}\n4,\n"))
    assert (shown["status"], shown["type"], shown["model_version"]) == ("ready", "batch", "small")
    assert [row["label"] for row in shown["rows"]] == ["positive", "negative", None, None]
    assert [row["language_supported"] for row in shown["rows"]] == [True, True, False, None]
    summary = shown["summary"]
    assert summary["coverage"] == {"total": 4, "done": 2, "failed": 1, "skipped": 1}
    assert summary["totals"] == {"positive": 1, "negative": 1, "neutral": 0}
    assert summary["shares"] == {"positive": 0.5, "negative": 0.5, "neutral": 0.0}
    sure = [row[row["label"]] for row in shown["rows"][:2]]
    assert summary["mean_confidence"] == pytest.approx(sum(sure) / 2, abs=0.0002)
    split = {row["language"]: row["rows"] for row in summary["languages"]}
    assert split == {"en": 2, "fr": 1}
    assert {row["word"] for row in summary["top_words"]["negative"]} >= {"awful", "broke"}
    (fault,) = summary["errors"]["first"]
    assert (fault["row"], fault["column"], fault["value"]) == (3, "text", "")
    assert "1 to 512 characters" in fault["reason"]


def test_all_rows_are_downloaded_and_no_cell_is_a_formula(client):
    shown = ended(client, send(client, "text\n=cmd|'/c calc'!A1\n@SUM(1)\nI love it so very much\n"))
    assert [row["text"] for row in shown["rows"]][:2] == ["=cmd|'/c calc'!A1", "@SUM(1)"]
    download = client.get(shown["results_url"], params={"format": "csv"})
    assert "attachment" in download.headers["Content-Disposition"]
    cells = [line.split(",")[0] for line in download.text.splitlines()[1:]]
    assert cells == ["'=cmd|'/c calc'!A1", "'@SUM(1)", "I love it so very much"]


def test_a_download_reads_no_row_again_for_each_block(client, postgres_server):
    shown = ended(client, send(client, PRAISE))
    rows = 20_000
    ask_database(
        postgres_server,
        'INSERT INTO review_rows (job_id, position, file, "index", text, label) '
        f"SELECT '{shown['task_id']}', n, 0, n, 'fine', 'positive' FROM generate_series(1, {rows - 1}) n",
    )
    before = rows_fetched(postgres_server)
    download = client.get(shown["results_url"], params={"format": "csv"})
    assert download.text.count("\n") == rows + 1

    def reported():
        client.get(shown["results_url"])  # a connection reports what it read when it is used again
        fetched = rows_fetched(postgres_server) - before
        return fetched if fetched >= rows else None

    fetched = wait_for(reported, what="the statistics", every_s=0.2)
    assert fetched < 3 * rows, "without statistics of the table too"


def rows_fetched(server):
    """Return how many rows of files were ever looked up by an index."""
    wanted = "SELECT idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'review_rows'"
    return ask_database(server, wanted)[0][0] or 0


def test_the_shared_route_starts_the_same_job(client):
    files = {"file": ("a.csv", MIXED.encode())}
    upload = client.post("/api/v1/upload/file", files=files, data={"system": "reviews"}).json()
    wish = {"upload_id": upload["upload_id"], "system": "reviews"}
    started = client.post("/api/v1/process/start", json=wish)
    assert started.status_code == 202, started.text
    path = f"{TASKS}/{started.json()['job_id']}"
    shown = wait_for(lambda: (t := client.get(path).json())["status"] == "ready" and t, what="the job")
    assert [row["label"] for row in shown["rows"]] == ["positive", "negative"]


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_unreadable(client, content):
    answer = send(client, content)
    if answer.status_code == 202:
        assert "empty" in unreadable(client, content)
    else:
        assert "empty" in refused(answer, 422)["detail"]


@pytest.mark.parametrize("content", [PRAISE, f"{PRAISE}\n", f'text\n"{PRAISE}"\n', f'["{PRAISE}"]', "great"])
def test_one_row_is_judged(client, content):
    assert labels(client, content) == ["positive"]


def test_headings_without_a_row_are_unreadable(client):
    assert "no rows" in unreadable(client, "id,text\n")


def test_a_list_of_short_lines_loses_none(client):
    assert labels(client, "great\nawful\ngreat\n") == ["positive", "negative", "positive"]


def test_broken_quotes_cost_the_row_that_has_them(client):
    shown = ended(client, send(client, 'id,text\n1,"open\n2,I love it so much\n'))
    assert [row["label"] for row in shown["rows"]] == [None, "positive"]
    assert "quote" in shown["summary"]["errors"]["first"][0]["reason"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
def test_usual_encodings_are_read(client, encoding):
    shown = ended(client, send(client, KOREAN.encode(encoding)))
    assert [(row["label"], row["language"]) for row in shown["rows"]] == [
        ("positive", "ko"),
        ("negative", "ko"),
    ]


def test_a_file_with_nul_bytes_is_no_text(client):
    assert "octet-stream" in refused(send(client, b"id,text\n1,a\0b\n"), 415)["detail"]


def test_a_nul_and_a_broken_byte_cost_their_rows(client):
    good = f'"{PRAISE}"\n'.encode()
    shown = ended(client, send(client, b"text\n" + good * 9 + b"a\0b\n" + good + b"caf\x81 \n" + good))
    assert [n for n, row in enumerate(shown["rows"]) if row["label"] is None] == [9, 11]
    assert [fault["row"] for fault in shown["summary"]["errors"]["first"]] == [9, 11]


def test_a_nul_in_json_costs_its_row(client):
    shown = ended(client, send(client, b'[{"text": "a\\u0000b"}, {"text": "\\ud800"}, {"text": "great"}]'))
    assert [row["label"] for row in shown["rows"]] == [None, None, "positive"]
    assert all("cannot be stored" in row["reason"] for row in shown["summary"]["errors"]["first"])


def test_a_text_of_513_characters_costs_its_row(client):
    content = "id,text\n" + "".join(f"{n},{'x' * n}\n" for n in (511, 512, 513))
    shown = ended(client, send(client, content))
    assert [row["error"] is None for row in shown["rows"]] == [True, True, False]
    (fault,) = shown["summary"]["errors"]["first"]
    assert "513 characters" in fault["reason"]
    assert len(fault["value"]) == 40


@pytest.mark.parametrize(
    "content",
    [
        MIXED,
        json.dumps([{"text": PRAISE}, {"text": BLAME}]),
        json.dumps({"reviews": [PRAISE, BLAME]}),
        f'{{"text": "{PRAISE}"}}\n{{"text": "{BLAME}"}}\n',
        f"{PRAISE}\n{BLAME}\n",
    ],
    ids=["csv", "json", "wrapped", "lines", "plain"],
)
@pytest.mark.parametrize("name", ["reviews.json", "reviews.csv", "reviews.exe"])
def test_a_file_is_what_its_content_is_whatever_its_name(client, content, name):
    assert labels(client, content, name=name) == ["positive", "negative"]


def test_a_zip_named_csv_is_refused(client):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("reviews.csv", MIXED)
    assert "application/zip" in refused(send(client, packed.getvalue()), 415)["detail"]


def test_more_than_ten_megabytes_are_refused(client):
    answer = send(client, b"x" * 10_000_001)
    assert answer.status_code == 413
    assert "10,000,000" in answer.json()["detail"]


def test_a_column_can_be_named_and_must_be_there(client):
    content = f'text,said\nx,"{PRAISE}"\n'
    assert labels(client, content, text_column="said") == ["positive"]
    assert "no column 'body'" in unreadable(client, content, text_column="body")


def test_a_language_that_is_named_counts_for_rows_that_name_none(client):
    shown = ended(client, send(client, f'text,lang\n"{PRAISE}",\n"{PRAISE}",en\n', language="fr"))
    assert [row["language"] for row in shown["rows"]] == ["fr", "en"]


def started(client, *contents, **options):
    """Return the ended task of several files that were uploaded together."""
    files = [("files", (f"{n}.csv", content.encode())) for n, content in enumerate(contents)]
    batch = client.post("/api/v1/upload/batch", files=files, data={"system": "reviews"}).json()
    wish = {"batch_id": batch["batch_id"], "system": "reviews", "options": options}
    accepted = client.post("/api/v1/process/start", json=wish)
    assert accepted.status_code == 202, accepted.text
    path = f"{TASKS}/{accepted.json()['job_id']}"
    return wait_for(lambda: (t := client.get(path).json())["status"] in {"ready", "error"} and t, what="it")


def test_one_of_several_files_that_cannot_be_read_is_one_failed_row(client):
    shown = started(client, "a,b\n1,2\n3,4\n", MIXED, "id,text\n", f"{PRAISE}\n{BLAME}\n")
    assert shown["status"] == "ready"
    assert [(row["file"], row["index"], row["label"]) for row in shown["rows"]] == [
        (0, 0, None),
        (1, 0, "positive"),
        (1, 1, "negative"),
        (2, 0, None),
        (3, 0, "positive"),
        (3, 1, "negative"),
    ]
    summary = shown["summary"]
    assert summary["coverage"] == {"total": 6, "done": 4, "failed": 2, "skipped": 0}
    first, second = summary["errors"]["first"]
    assert (first["file"], "no column looks like text" in first["reason"]) == (0, True)
    assert (second["file"], "headings and no rows" in second["reason"]) == (2, True)
    assert [
        (file["format"], file["column"], file["headings"], file["rows"]) for file in summary["files"]
    ] == [
        (None, None, False, 0),
        ("csv", "text", True, 2),
        ("csv", "text", True, 0),
        ("text", None, False, 2),
    ]
    assert [bool(file["error"]) for file in summary["files"]] == [True, False, True, False]


def test_several_files_of_which_none_can_be_read_are_unreadable(client):
    shown = started(client, "a,b\n1,2\n3,4\n", "id,text\n")
    assert (shown["status"], shown["error"]["code"], shown["rows"]) == ("error", "03", [])
    assert "None of the 2 files can be read; the first: no column" in shown["error"]["detail"]


def test_the_summary_says_what_was_read(client):
    (file,) = ended(client, send(client, f'text,text\n"{PRAISE}",x\n'))["summary"]["files"]
    assert file == {
        "file": 0,
        "format": "csv",
        "column": "text",
        "headings": True,
        "encoding": "utf-8",
        "columns": ["text", "text (2)"],
        "text_column": "text",
        "note": "2 columns are called 'text'; column 1 is read",
        "error": None,
        "rows": 1,
    }


def test_a_list_whose_first_review_has_a_tag_is_read(client):
    assert labels(client, f"<b>{PRAISE}</b> indeed\n{BLAME}\n") == ["positive", "negative"]


@pytest.mark.parametrize("options", [{"language": "no code at all"}, {"text_column": ""}, {"colour": "red"}])
def test_an_option_that_is_not_acceptable_is_named(client, options):
    answer = send(client, MIXED, **options)
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["errors"]] == list(options)


def test_rows_come_in_pages(client):
    accepted = send(client, "text\n" + "great\n" * 7)
    ended(client, accepted)
    path, seen = f"{accepted.headers['Location']}?limit=3", []
    while path:
        answer = client.get(path)
        seen += [row["position"] for row in answer.json()["rows"]]
        path = answer.headers["Link"].split(">")[0].lstrip("<") if "Link" in answer.headers else ""
    assert seen == list(range(7))


def test_a_file_sent_again_with_its_key_is_the_same_task(client):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (send(client, MIXED, headers=headers) for _ in range(2))
    assert first.json()["task_id"] == second.json()["task_id"]
    assert send(client, MIXED + "3,other\n", headers=headers).status_code == 422


def test_no_text_of_a_file_reaches_a_log(client, running_stack):
    secret = "xylophone-in-a-review"
    ended(client, send(client, f"text\n{secret}\n{secret * 30}\n", name=f"{secret}.csv"))
    unreadable(client, f"{secret},b\n1,2\n3,4\n")
    assert not [p.kind for p in running_stack.processes if secret in p.log.read_text(errors="replace")]


@pytest.mark.slow("judges a million rows")
def test_a_million_rows_are_judged(client):
    shown = ended(client, send(client, b"ok\n" * 1_000_000), limit=1, timeout_s=500)
    assert shown["status"] == "ready"
    assert shown["summary"]["coverage"] == {"total": 1_000_000, "done": 1_000_000, "failed": 0, "skipped": 0}
    last = client.get(f"{TASKS}/{shown['task_id']}", params={"cursor": 999_999}).json()
    assert ([row["position"] for row in last["rows"]], last["next_cursor"]) == ([999_999], None)
