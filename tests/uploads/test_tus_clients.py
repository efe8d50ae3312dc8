"""Clients that others wrote for tus: each loses its line and resumes at once, while the old writer is silent."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.stacks import wait_for
from tests.uploads.sending import ROOT, TUS, archive, begin, files_of, offset, request_head, sha256, shown

SIZE = 6 << 20
TUS_JS = "tus-js-client@4.3.1"
SCRIPT = Path(__file__).with_name("resume.mjs")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(archive(SIZE))
    return path


def silent_writer(stack, path, data):
    """Begin a PATCH, send some of its body, and say nothing more; the connection stays open."""
    line = socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=30)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    line.sendall(request_head("PATCH", path, SIZE, **headers) + data)
    return line


@pytest.mark.parametrize("written", [1, 1 << 20, SIZE - 1])
def test_tuspy_resumes_at_once_where_its_last_connection_hangs(stack, client, file, written):
    path = begin(client, SIZE, filename="a.zip", system="archives")
    before = files_of(stack)[1]
    with silent_writer(stack, path, file.read_bytes()[:written]), file.open("rb") as stream:
        wait_for(lambda: files_of(stack)[1] - before, what="the silent writer to begin")
        tus = TusClient(stack.url + ROOT + "/resumable")
        uploader = tus.uploader(file_stream=stream, url=stack.url + path, chunk_size=1 << 20)
        uploader.upload()
    assert uploader.offset == SIZE
    assert shown(client, path)["sha256"] == sha256(file.read_bytes())


def test_tuspy_uploads_in_parts_and_breaks_off_between_them(stack, client, file):
    tus = TusClient(stack.url + ROOT + "/resumable")
    named = {"filename": "a.zip", "system": "archives"}
    with file.open("rb") as stream:
        first = tus.uploader(file_stream=stream, chunk_size=1 << 20, metadata=named)
        first.upload_chunk()
        first.upload_chunk()
        path = "/" + first.url.split("/", 3)[3]
        assert offset(client, path) == 2 << 20
        second = tus.uploader(file_stream=stream, url=first.url, chunk_size=1 << 20)
        second.upload()
    assert shown(client, path)["sha256"] == sha256(file.read_bytes())


@pytest.fixture(scope="session")
def tus_js(tmp_path_factory):
    """The module of tus-js-client, installed by npm into a folder that is removed."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("npm")
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), TUS_JS],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"npm installs nothing here: {done.stderr[-200:]}")
    return next((folder / "node_modules/tus-js-client/lib.esm/node").glob("index.js"))


@pytest.mark.slow("installs a client by npm")
def test_tus_js_client_breaks_off_and_resumes_at_once(stack, client, file, tus_js):
    done = subprocess.run(
        ["node", str(SCRIPT), str(tus_js), stack.url + ROOT + "/resumable", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["broken"]
    path = "/" + report["url"].split("/", 3)[3]
    wait_for(lambda: shown(client, path)["status"] == "uploaded")
    assert shown(client, path)["sha256"] == sha256(file.read_bytes())
