"""A Directus on loopback: it answers as a real 11.17 was recorded to, out of dictionaries.

    python -m tests.documents.directus_stub --port 8055 --secret SECRET

What it keeps to: 403 for what is not there, 100 rows without a limit, decimals as strings over REST and
as floats over GraphQL, counts as strings, foreign keys that hold (500 for a parent with children), 400
for a key twice, POST all or nothing, and no `_gt` on a uuid.
"""

from __future__ import annotations

import argparse
import threading
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer

from tests.documents.directus_handler import Handler
from tests.documents.directus_store import Store


class DirectusStub:
    """The stub as a server of its own thread."""

    def __init__(self, secret, port=0):
        self.store = Store(secret)
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.store = self.store
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--port", type=int, default=8055)
    given.add_argument("--secret", required=True)
    chosen = given.parse_args()
    with DirectusStub(chosen.secret, chosen.port) as stub:
        stub.store.add_user(email="admin@example.com", password="admin", token="static-token")
        print(stub.url, datetime.now(UTC).isoformat(), flush=True)
        threading.Event().wait()
