"""What upload tests send, and how."""

from __future__ import annotations

import base64
import hashlib
import random
import socket
from pathlib import Path

from tests.stacks import wait_for

ROOT = "/api/v1/upload"
TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"
CSV = b"n,text\n" + b"".join(b"%d,good\n" % n for n in range(200))
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def archive(size, seed=0):
    """Return bytes that begin like a zip file, no two blocks alike."""
    return ZIP + random.Random(seed).randbytes(size - len(ZIP))


def send(client, data, name="a.csv", **fields):
    """Upload one file as a form."""
    return client.post(f"{ROOT}/file", files={"file": (name, data)}, data=fields)


def send_all(client, *files, **fields):
    """Upload some files, each a name and its bytes, as one form."""
    return client.post(f"{ROOT}/batch", files=[("files", file) for file in files], data=fields)


def metadata(**pairs):
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in pairs.items())


def begin(client, size, **pairs):
    """Begin a resumable upload; return its path."""
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(**pairs)}
    answer = client.post(f"{ROOT}/resumable", headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def patch(client, path, offset, data, **headers):
    """Send some bytes of a resumable upload."""
    sent = {**TUS, "Upload-Offset": str(offset), "Content-Type": BODY, **headers}
    return client.patch(path, content=data, headers=sent)


def offset(client, path):
    """Ask how many bytes are there."""
    answer = client.head(path, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def shown(client, path):
    """Return what a resumable upload looks like."""
    return client.get(f"{ROOT}/{path.rpartition('/')[2]}").json()


def hang_up(stack, head, data):
    """Send the head of a request and a part of its body, then close the line."""
    with socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=10) as line:
        line.sendall(head + data)
        line.shutdown(socket.SHUT_WR)
        line.settimeout(10)
        while line.recv(65536):
            pass


def request_head(method, path, length, **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def form(data, name="a.csv", field="file"):
    """Return a form with one file, and its boundary."""
    head = f'--cut\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + data + b"\r\n--cut--\r\n"


def files_of(stack):
    """Return the files in a stack's storage: those that are kept, and those that arrive."""
    folder = Path(stack.settings["storage_url"].removeprefix("file://"))
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {p for p in paths if p.suffix != ".part"}, {p for p in paths if p.suffix == ".part"}


def path_of(stack, upload_id):
    """Return where the file of an upload is kept."""
    from tests.servers import ask

    (key,) = ask(stack.postgres, f"SELECT storage_key FROM uploads WHERE id = '{upload_id}'")[0]
    return next((path for path in files_of(stack)[0] if path.name == str(key)), None)


def nothing_arrives(stack, before):
    """Return when no file is on its way but those that were `before`."""
    wait_for(lambda: files_of(stack)[1] <= before, what="incoming files to be removed")
    return True
