"""A stub of the Anthropic Messages API on loopback: it speaks the real protocol and answers from a script."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD_KEY = "sk-ant-api03-stub-good-key"


def text(content, stop="end_turn"):
    """Return a reply of text."""
    return {"stop_reason": stop, "content": [{"type": "text", "text": content}]}


def tools(*calls):
    """Return a reply that calls tools: pairs of a name and its arguments."""
    blocks = [
        {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": arguments}
        for number, (name, arguments) in enumerate(calls)
    ]
    return {"stop_reason": "tool_use", "content": blocks}


def status(code, kind):
    """Return an error as the API sends it."""
    return {
        "status": code,
        "error": {"type": "error", "error": {"type": kind, "message": "said by the stub"}},
    }


class Stub:
    """What the stub answers, one after another, and what it was asked."""

    def __init__(self):
        self.script, self.requests, self.keys = [], [], []
        self.before = None  # called before each answer

    def look(self):
        """Call what a test wants to happen before an answer."""
        if self.before:
            self.before()

    def answers(self, *replies):
        """Begin a script anew."""
        self.script, self.requests, self.keys = list(replies), [], []


def _handler(stub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            key = self.headers.get("x-api-key") or bearer
            stub.requests.append(body)
            stub.keys.append(key)
            stub.look()
            if not self.path.endswith("/v1/messages"):
                self._send(404, status(404, "not_found_error")["error"])
            elif not key.startswith("sk-ant-"):
                self._send(401, status(401, "authentication_error")["error"])
            else:
                self._reply(body, stub.script.pop(0) if stub.script else text("Nothing more."))

        def _reply(self, body, reply):
            if "status" in reply:
                self._send(reply["status"], reply["error"])
                return
            message = {
                "id": "msg_stub", "type": "message", "role": "assistant", "model": body["model"], "stop_sequence": None,
                "usage": {"input_tokens": 100, "output_tokens": 20}, **reply,
            }  # fmt: skip
            self._send(200, message)

        def _send(self, code, document):
            data = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args):
            pass

    return Handler


@contextmanager
def running():
    """Run a stub and give it with its address."""
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stub))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
