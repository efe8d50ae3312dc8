"""Files are kept whole, in a folder and in a bucket alike."""

from __future__ import annotations

import subprocess
import sys
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from app.config import Settings
from app.files.uploads.storage import LocalStorage, StorageAway, make, part_of
from app.http.errors import Gone
from app.setting_values import SettingError
from tests.stacks import ROOT as REPOSITORY
from tests.stacks import SECRET
from tests.uploads.buckets import KEYS, SERVERS, client, make_bucket, server
from tests.uploads.sending import CSV, ROOT, TUS, archive, form, metadata, sha256

BIG = archive(17_000_000, seed=3)  # two pieces of a multipart upload
MULTIPART = "multipart/form-data; boundary=cut"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Both servers, each with a bucket, started when it is first asked for."""
    started = {}
    with ExitStack() as opened:

        def start(name):
            if name not in started or started[name][1].poll() is not None:
                started[name] = opened.enter_context(server(name, tmp_path_factory.mktemp(name)))
                make_bucket(started[name][0], "files")
            return started[name]

        yield start


@pytest.fixture(params=SERVERS)
def s3(request, servers):
    """One of both servers."""
    return servers(request.param)


@pytest.fixture
def credentials(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["folder", *SERVERS])
def storage(request, tmp_path, credentials, servers):
    """Each kind of storage, empty."""
    if request.param == "folder":
        return LocalStorage(tmp_path / "files")
    (url, _), bucket = servers(request.param), f"own-{uuid.uuid4().hex}"
    make_bucket(url, bucket)
    settings = Settings(
        storage_url=f"s3://{bucket}/some/where", s3_endpoint_url=url, incoming_folder=str(tmp_path / "in")
    )
    return make(settings)


def put(storage, data):
    key = uuid.uuid4()
    source = part_of(storage.incoming, key)
    source.write_bytes(data)
    storage.put(source, key)
    return key


def test_what_is_put_is_there_until_it_is_deleted(storage):
    assert list(storage.kept()) == []
    small, big = put(storage, CSV), put(storage, BIG)
    assert list(storage.incoming.iterdir()) == []
    assert (storage.size(small), storage.size(big)) == (len(CSV), len(BIG))
    for key, data in ((small, CSV), (big, BIG)):
        with storage.opened(key) as path:
            assert path.read_bytes() == data
    assert list(storage.incoming.iterdir()) == []
    kept = {each.key: each for each in storage.kept()}
    assert {key: each.size for key, each in kept.items()} == {small: len(CSV), big: len(BIG)}
    assert abs(kept[small].since - datetime.now(UTC)) < timedelta(minutes=5)
    storage.delete(small)
    storage.delete(small)
    assert storage.size(small) is None
    assert [each.key for each in storage.kept()] == [big]
    with pytest.raises(Gone), storage.opened(small):
        pass


def test_strangers_files_are_left_alone(tmp_path):
    storage = LocalStorage(tmp_path)
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "notes.txt").write_text("mine")
    assert list(storage.kept()) == []


def test_a_bucket_gets_the_files_bytes_and_nothing_around_them(s3, credentials, tmp_path):
    """boto3's default would wrap them in chunks with a checksum, which s3rver stores as they come."""
    url, _ = s3
    storage = make(Settings(storage_url="s3://files", s3_endpoint_url=url, incoming_folder=str(tmp_path)))
    for data in (CSV, BIG):
        key = put(storage, data)
        stored = client(url).get_object(Bucket="files", Key=str(key))
        assert stored["Body"].read() == data


def test_a_bucket_that_is_not_there_is_no_loss(s3, credentials, tmp_path):
    url, _ = s3
    storage = make(Settings(storage_url="s3://none", s3_endpoint_url=url, incoming_folder=str(tmp_path)))
    source = part_of(storage.incoming, key := uuid.uuid4())
    source.write_bytes(CSV)
    with pytest.raises(StorageAway) as raised:
        storage.put(source, key)
    assert str(key) not in raised.value.detail
    assert source.read_bytes() == CSV


def test_a_server_that_is_away_is_a_503_and_leaves_nothing(app, credentials, monkeypatch, tmp_path):
    with app_on(app, "http://127.0.0.1:9", tmp_path) as browser:
        answer = browser.post(f"{ROOT}/file", data=form(CSV), content_type=MULTIPART)
        assert (answer.status_code, answer.json["code"]) == (503, "storage_unavailable")
        assert answer.headers["Retry-After"]
    assert list(tmp_path.iterdir()) == []


def app_on(app, url, incoming):
    """Return a client of the application over another storage."""
    from app import create_app

    names = app.config["SETTINGS"].__dict__
    settings = Settings(
        **{**names, "storage_url": "s3://files/p", "s3_endpoint_url": url, "incoming_folder": str(incoming)}
    )
    return create_app(settings).test_client()


def test_uploads_over_a_bucket_from_end_to_end(s3, credentials, app, tmp_path):
    from app.files.uploads import cleanup, service

    url, _ = s3
    with app_on(app, url, tmp_path) as browser:
        one = browser.post(f"{ROOT}/file", data=form(CSV), content_type=MULTIPART).json
        assert one["sha256"] == sha256(CSV)
        path = browser.post(
            f"{ROOT}/resumable",
            headers={**TUS, "Upload-Length": len(BIG), "Upload-Metadata": metadata(system="archives")},
        ).headers["Location"]
        for start in range(0, len(BIG), 6_000_001):
            sent = {**TUS, "Upload-Offset": start, "Content-Type": "application/offset+octet-stream"}
            answer = browser.patch(path, data=BIG[start : start + 6_000_001], headers=sent)
            assert answer.status_code == 204, answer.text
        two = browser.get(f"{ROOT}/{path.rpartition('/')[2]}").json
        assert (two["status"], two["sha256"]) == ("uploaded", sha256(BIG))
        assert list(tmp_path.iterdir()) == []
        with browser.application.test_request_context():
            with service.opened(service.get(uuid.UUID(two["upload_id"]))) as copy:
                assert copy.read_bytes() == BIG
            assert list(tmp_path.iterdir()) == []
            assert cleanup.remove_orphans().orphans == 0
        for each in (one, two):
            assert browser.delete(f"{ROOT}/{each['upload_id']}").status_code == 204
    assert "Contents" not in client(url).list_objects_v2(Bucket="files", Prefix="p/")


READER = """
import subprocess, sys, time, uuid
from app.config import Settings
from app.files.uploads.storage import make
url, incoming, key = sys.argv[1:]
storage = make(Settings(storage_url="s3://files", s3_endpoint_url=url, incoming_folder=incoming))
with storage.opened(uuid.UUID(key)) as path:
    size, again = len(path.read_bytes()), len(path.read_bytes())
    print(size, again, len(subprocess.check_output(["cat", path])), flush=True)
    time.sleep(600)
"""


def test_a_process_that_is_killed_leaves_no_copy(s3, credentials, tmp_path):
    url, _ = s3
    storage = make(Settings(storage_url="s3://files", s3_endpoint_url=url, incoming_folder=str(tmp_path)))
    key = put(storage, BIG)
    command = [sys.executable, "-c", READER, url, str(tmp_path), str(key)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline().split() == [str(len(BIG))] * 3
        reader.kill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "file://", "s3://", "ftp://x/y", "var/files"])
def test_a_storage_url_of_another_form_is_refused(url):
    with pytest.raises(SettingError, match="STORAGE_URL"):
        make(Settings(secret_key=SECRET, storage_url=url))
