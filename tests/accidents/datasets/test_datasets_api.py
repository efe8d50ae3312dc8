"""Data sets over HTTP: upload, rows, versions, shares, evidence, erasure; each owner's own."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.accidents.datasets import shares

CASES = Path(__file__).parent / "cases"
TABLE = "구,날,수\n중구,2018-01-01,3\n중구,2018-02-03,\n동구,2018-01-08,5\n"


def upload(client, content=TABLE, name="table.csv", **values):
    content = content.encode() if isinstance(content, str) else content
    return client.post("/api/datasets/upload", files={"file": (name, content)}, data=values)


@pytest.fixture
def dataset(client):
    """A data set of three rows."""
    answer = upload(client)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(dataset):
    return f"/api/datasets/{dataset['id']}"


def test_a_small_table_is_ready_in_the_answer(client, dataset):
    assert dataset["status"] == "success"
    assert (dataset["rows"], [each["type"] for each in dataset["schema"]]) == (3, ["text", "date", "integer"])
    assert client.get(path_of(dataset)).json() == dataset


def test_lists_show_the_newest_first_with_their_number(client, dataset):
    listed = client.get("/api/datasets", params={"limit": 1}).json()
    assert listed["datasets"][0]["id"] == dataset["id"]
    assert (listed["limit"], listed["offset"]) == (1, 0)
    assert listed["total"] >= 1


def test_rows_are_filtered_sorted_and_cut_to_columns(client, dataset):
    wanted = json.dumps([{"column": "구", "op": "is", "values": ["중구"]}])
    page = client.get(
        f"{path_of(dataset)}/rows", params={"filter": wanted, "sort": "-날", "columns": ["날", "수"]}
    ).json()
    assert page["rows"] == [{"날": "2018-02-03", "수": None}, {"날": "2018-01-01", "수": 3}]
    assert page["total"] == 2


@pytest.mark.parametrize(
    "params",
    [
        {"filter": "[[["},
        {"filter": '[{"column": "구", "op": "like", "values": []}]'},
        {"filter": '[{"column": "none", "op": "missing"}]'},
        {"filter": '[{"column": "수", "op": "above", "values": ["x"]}]'},
        {"sort": "none"},
        {"columns": "1;DROP TABLE data"},
        {"limit": 501},
        {"offset": -1},
        {"version": 9},
    ],
)
def test_rows_that_cannot_be_asked_for_are_refused_with_a_reason(client, dataset, params):
    answer = client.get(f"{path_of(dataset)}/rows", params=params)
    assert answer.status_code in {404, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 10


def test_no_cell_of_an_exported_table_begins_as_a_formula(client):
    sent = upload(client, (CASES / "formula-and-script-cells" / "input.csv").read_bytes()).json()
    answer = client.get(f"{path_of(sent)}/rows", params={"format": "csv"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["name"] == '\'=HYPERLINK("http://x.invalid","click")'
    assert (rows[1]["name"], rows[0]["phone"], rows[0]["delta"]) == ("'-lee", "'+82-10-1234-5678", "-5")
    stored = client.get(f"{path_of(sent)}/rows").json()["rows"]
    assert stored[1]["name"] == "-lee"


def test_a_change_that_is_sent_again_makes_one_version_and_loses_nothing(client, dataset):
    change = {"columns": {"수": {"missing": [3]}}}
    once, again = (
        client.patch(path_of(dataset), json=change, headers={"Idempotency-Key": dataset["id"]}).json()
        for _ in range(2)
    )
    assert once == again
    assert (once["version"], once["rows"]) == (2, 3)
    assert client.get(path_of(dataset)).json()["version"] == 2


def test_another_reading_is_a_new_version_and_the_old_one_stays(client):
    sent = upload(client, "t\n-999\n21.5\n22.5\n").json()
    answer = client.patch(path_of(sent), json={"columns": {"t": {"missing": [-999]}}, "name": "warm"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["version"], answer.json()["name"]) == (2, "warm")
    assert answer.json()["schema"][0]["mean"] == 22.0
    before = client.get(path_of(sent), params={"version": 1}).json()
    assert before["schema"][0]["missing"] == 0


def test_a_type_that_does_not_fit_is_warned_of(client):
    sent = upload(client, "t,n\nwarm,1\n21.5,2\n").json()
    change = {"columns": {"t": {"type": "number"}, "n": {"type": "number"}}}
    changed = client.patch(path_of(sent), json=change).json()
    assert [(each["code"], each["column"], each["value"]) for each in changed["warnings"]] == [
        ("type_does_not_fit", "t", "warm")
    ]
    assert [column["type"] for column in changed["schema"]] == ["text", "integer"]


@pytest.mark.parametrize("columns", [["수", "구"], "수,구"])
def test_columns_are_named_one_by_one_or_with_commas(client, dataset, columns):
    answer = client.get(f"{path_of(dataset)}/rows", params={"columns": columns})
    assert answer.json()["columns"] == ["수", "구"]


@pytest.mark.parametrize(
    "change",
    [{"columns": {"none": {"type": "text"}}}, {"crs": "EPSG:1"}, {"columns": {"구": {"type": "blob"}}}],
)
def test_a_change_that_means_nothing_is_refused(client, dataset, change):
    assert client.patch(path_of(dataset), json=change).status_code == 422
    assert client.get(path_of(dataset)).json()["version"] == 1


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"a,b\n1,2\n\xff\xff,3\n", 415, "unsupported_encoding"),
        (b"PK\x03\x04" + bytes(200), 415, "unsupported_media_type"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 9, 415, "unsupported_media_type"),
        (b"", 422, "empty_file"),
        (b"\n\n\n", 422, "empty_table"),
        (",".join(f"c{i}" for i in range(2001)).encode(), 413, "too_many_columns"),
    ],
    ids=["encoding", "zip", "pdf", "empty", "blank", "columns"],
)
def test_what_is_no_table_is_refused_and_not_kept(client, content, status, code):
    before = client.get("/api/datasets").json()["total"]
    answer = upload(client, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert client.get("/api/datasets").json()["total"] == before


def test_erasing_takes_files_shares_and_evidence_with_it(client, app, dataset):
    from app.extensions import db
    from app.files.uploads.storage import storage

    keys = db.session.execute(
        text(
            "SELECT source_key, database_key FROM datasets JOIN dataset_versions ON dataset_id = id"
            " WHERE id = :id"
        ),
        {"id": dataset["id"]},
    ).one()
    client.post(f"{path_of(dataset)}/share")
    client.get("/api/charts/bar", params={"dataset": dataset["id"], "x": "구"})
    gone = client.delete(path_of(dataset))
    assert gone.json() == {"versions": 1, "files": 2, "shares": 1, "evidence": 1}
    assert client.get(path_of(dataset)).status_code == 404
    assert [storage().size(key) for key in keys] == [None, None]
    db.session.rollback()
    for table in ("dataset_versions", "dataset_shares", "dataset_evidence"):
        left = db.session.scalar(
            text(f"SELECT count(*) FROM {table} WHERE dataset_id = :id"), {"id": dataset["id"]}
        )
        assert left == 0


def test_evidence_is_asked_again_and_is_the_same(client, dataset):
    figure = client.get("/api/charts/bar", params={"dataset": dataset["id"], "x": "구"}).json()
    evidence = client.get(f"/api/evidence/{figure['meta']['evidence_id']}").json()
    assert evidence["same"] is True
    assert evidence["rows"] == [["중구", 2, 2], ["동구", 1, 1]]
    assert evidence["dataset_id"] == dataset["id"]


def test_a_shared_version_opens_without_a_key_and_names_no_id_or_owner(alice, anybody):
    sent = upload(alice).json()
    shared = alice.post(f"{path_of(sent)}/share").json()
    opened = anybody.get(f"/api/shared/{shared['share_token']}")
    assert opened.status_code == 200
    assert (opened.json()["rows"], opened.headers["X-Robots-Tag"]) == (3, "noindex, nofollow")
    assert opened.headers["Cache-Control"] == "private, no-store"
    for secret in (sent["id"], "alice", sent["sha256"]):
        assert secret not in opened.text
    rows = anybody.get(f"/api/shared/{shared['share_token']}/rows").json()
    assert len(rows["rows"]) == 3
    chart = anybody.get(f"/api/shared/{shared['share_token']}/charts/bar", params={"x": "구"})
    assert chart.json()["data"][0]["x"] == ["중구", "동구"]
    assert sent["id"] not in chart.text


def test_a_link_stays_with_its_version(alice, anybody):
    sent = upload(alice, "t\n-999\n21.5\n22.5\n").json()
    token = alice.post(f"{path_of(sent)}/share").json()["share_token"]
    alice.patch(path_of(sent), json={"columns": {"t": {"missing": [-999]}}})
    assert anybody.get(f"/api/shared/{token}").json()["schema"][0]["missing"] == 0


def test_an_unknown_a_revoked_and_an_expired_link_look_the_same(alice, anybody, app):
    from app.extensions import db

    sent = upload(alice).json()
    revoked, expired = (alice.post(f"{path_of(sent)}/share").json() for _ in range(2))
    assert alice.delete(f"/api/datasets/shares/{revoked['id']}").status_code == 204
    db.session.execute(
        text("UPDATE dataset_shares SET expires_at = now() - interval '1 second' WHERE id = :id"),
        {"id": expired["id"]},
    )
    db.session.commit()
    tokens = (revoked["share_token"], expired["share_token"], "A" * 43)
    answers = [anybody.get(f"/api/shared/{token}") for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    bodies = [{k: v for k, v in a.json().items() if k not in {"instance", "request_id"}} for a in answers]
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (1, 404)])
def test_a_link_opens_for_seven_days_to_the_second(client, app, monkeypatch, seconds, status):
    shared = client.post(f"{path_of(upload(client).json())}/share").json()
    end = datetime.now(UTC) + timedelta(days=7)
    assert abs(datetime.fromisoformat(shared["expires_at"]) - end) < timedelta(minutes=1)

    class Moved(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromisoformat(shared["expires_at"]) + timedelta(seconds=seconds)

    monkeypatch.setattr(shares, "datetime", Moved)
    assert app.test_client().get(f"/api/shared/{shared['share_token']}").status_code == status


def test_the_command_line_profiles_a_table_as_the_api_does(client, app, tmp_path):
    path = tmp_path / "rain.csv"
    path.write_text("도시,비\n대구,3\n부산,\n", encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["datasets", "profile", str(path)])
    assert result.exit_code == 0, result.output
    answered = upload(client, path.read_bytes()).json()
    assert json.loads(result.output)["schema"] == answered["schema"]
    path.write_bytes(b"\x00\x01\x02")
    refused = app.test_cli_runner().invoke(args=["datasets", "profile", str(path)])
    assert refused.exit_code == 1
    assert "rain.csv" in refused.output


def test_of_a_link_only_the_hash_of_its_token_is_kept(alice, app):
    from app.extensions import db

    sent = upload(alice).json()
    shared = alice.post(f"{path_of(sent)}/share").json()
    assert len(shared["share_token"]) == 43
    rows = db.session.execute(text("SELECT * FROM dataset_shares WHERE id = :id"), {"id": shared["id"]})
    assert shared["share_token"] not in str(rows.all())


def test_nobody_elses_data_set_can_be_reached(alice, bob):
    sent = upload(alice).json()
    missing = "01a201a8-a545-7034-8d00-5c7ba0d6afad"
    evidence = alice.get("/api/charts/bar", params={"dataset": sent["id"], "x": "구"}).json()["meta"][
        "evidence_id"
    ]
    for way in ("", "/rows"):
        assert bob.get(f"{path_of(sent)}{way}").status_code == 404
    assert bob.patch(path_of(sent), json={"name": "mine"}).status_code == 404
    assert bob.post(f"{path_of(sent)}/share").status_code == 404
    assert bob.delete(path_of(sent)).status_code == 404
    assert bob.get(f"/api/evidence/{evidence}").status_code == 404
    for kind, name in (("charts", "bar"), ("maps", "points")):
        more = {"x": "구"} if kind == "charts" else {}
        theirs = bob.get(f"/api/{kind}/{name}", params={"dataset": sent["id"], **more})
        none = bob.get(f"/api/{kind}/{name}", params={"dataset": missing, **more})
        assert theirs.status_code == none.status_code == 404
    assert sent["id"] not in bob.get("/api/datasets").text
    assert alice.get(path_of(sent)).status_code == 200
