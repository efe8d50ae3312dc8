# ruff: noqa: N815, SIM115, PLR0911, PLR0912, C901, RET503
"""A reverse proxy that makes a Directus (real or stub) misbehave as faults.json says. Loopback only, standard library only.

    fault_proxy.py --upstream http://127.0.0.1:8055 --port 9055 --faults CASE/faults.json --log calls.jsonl

Keys of faults.json (all optional): cap_limit, default_limit (rewrites `limit` of GET/SEARCH items and files, -1 too, status stays 200),
max_body + html_413, expire_token_after_requests, refresh_single_use, slow_refresh_ms, drop_answer_of [{method, path, nth}] (forwarded, then the
line is cut), fail [{method, path, nth, status}] (not forwarded), deny [{path, status, code}], strip_fields [...] (removed from every JSON answer).
Every call is logged as {t, method, path, query, bytes, status, fault, auth} (auth = last 6 characters of the bearer token).
"""

import argparse
import collections
import http.client
import http.server
import itertools
import json
import re
import threading
import time
import urllib.parse

STATE = {
    "calls": collections.Counter(),
    "uses": collections.Counter(),
    "spent": set(),
    "lock": threading.Lock(),
    "n413": itertools.count(),
}


def error(code, message="fault"):
    return json.dumps({"errors": [{"message": message, "extensions": {"code": code}}]}).encode()


def strip(x, names):
    if isinstance(x, dict):
        return {k: strip(v, names) for k, v in x.items() if k not in names}
    return [strip(v, names) for v in x] if isinstance(x, list) else x


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def log_message(self, *a):
        pass

    def reply(self, status, body, headers=(), fault=None):
        with STATE["lock"]:
            LOG.write(
                json.dumps(
                    {
                        "t": round(time.time(), 3),
                        "method": self.command,
                        "path": self.path.partition("?")[0],
                        "query": self.path.partition("?")[2],
                        "bytes": self.n,
                        "status": status,
                        "fault": fault,
                        "auth": self.token[-6:],
                    }
                )
                + "\n"
            )
            LOG.flush()
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hit(self, rules):
        for i, r in enumerate(rules or []):
            if r.get("method", self.command) == self.command and re.search(
                r["path"], self.path.partition("?")[0]
            ):
                with STATE["lock"]:
                    STATE["calls"][(id(rules), i)] += 1
                    n = STATE["calls"][(id(rules), i)]
                if n == r.get("nth", n):
                    return r

    def handle_any(self):
        self.n = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(self.n)
        path, _, q = self.path.partition("?")
        self.token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        js = [("Content-Type", "application/json")]
        if F.get("max_body") and self.n > F["max_body"]:
            if F.get("html_413") and next(STATE["n413"]) % 2:
                return self.reply(
                    413,
                    b"<html><body><h1>413 Request Entity Too Large</h1><hr>nginx</body></html>",
                    [("Content-Type", "text/html")],
                    "413",
                )
            return self.reply(413, error("INVALID_PAYLOAD", "request entity too large"), js, "413")
        if path == "/auth/refresh":
            time.sleep(F.get("slow_refresh_ms", 0) / 1000)
            used = body
            if F.get("refresh_single_use"):
                with STATE["lock"]:
                    again = used in STATE["spent"]
                    STATE["spent"].add(used)
                if again:
                    return self.reply(
                        401, error("INVALID_CREDENTIALS", "Invalid user credentials."), js, "refresh reused"
                    )
        elif F.get("expire_token_after_requests") and self.token:
            with STATE["lock"]:
                STATE["uses"][self.token] += 1
                n = STATE["uses"][self.token]
            if n > F["expire_token_after_requests"]:
                return self.reply(401, error("TOKEN_EXPIRED", "Token expired."), js, "expired")
        if r := self.hit(F.get("deny")):
            return self.reply(
                r.get("status", 403),
                error(r.get("code", "FORBIDDEN"), "You don't have permission to access this."),
                js,
                "denied",
            )
        if r := self.hit(F.get("fail")):
            return self.reply(r["status"], error("INTERNAL_SERVER_ERROR"), js, "failed")
        if (
            re.match(r"^/(items|files)", path)
            and self.command in ("GET", "SEARCH")
            and (F.get("cap_limit") or F.get("default_limit"))
        ):
            p = urllib.parse.parse_qsl(q, keep_blank_values=True)
            lim = [int(v) for k, v in p if k == "limit"]
            cap = F.get("cap_limit", 10**9)
            want = lim[0] if lim else F.get("default_limit", 100)
            want = cap if want < 0 else min(want, cap)
            if not any(k.startswith("aggregate") for k, _ in p):
                q = urllib.parse.urlencode([(k, v) for k, v in p if k != "limit"] + [("limit", want)])
        up = http.client.HTTPConnection(UP.hostname, UP.port, timeout=120)
        up.request(
            self.command,
            path + ("?" + q if q else ""),
            body,
            {
                k: v
                for k, v in self.headers.items()
                if k.lower() not in ("host", "content-length", "accept-encoding", "connection")
            }
            | {"Content-Length": str(len(body)), "Host": UP.netloc},
        )
        a = up.getresponse()
        data = a.read()
        heads = [
            (k, v)
            for k, v in a.getheaders()
            if k.lower() not in ("content-length", "transfer-encoding", "connection", "content-encoding")
        ]
        if self.hit(F.get("drop_answer_of")):
            self.close_connection = True
            self.connection.close()
            return None
        if F.get("strip_fields") and "json" in (a.getheader("Content-Type") or "") and data:
            data = json.dumps(strip(json.loads(data), set(F["strip_fields"]))).encode()
        self.reply(a.status, data, heads)

    do_GET = do_POST = do_PATCH = do_DELETE = do_SEARCH = do_HEAD = handle_any


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    [
        ap.add_argument(x, required=x != "--log", default="calls.jsonl")
        for x in ("--upstream", "--port", "--faults", "--log")
    ]
    a = ap.parse_args()
    F = json.load(open(a.faults))
    UP = urllib.parse.urlparse(a.upstream)
    LOG = open(a.log, "w")
    http.server.ThreadingHTTPServer(("127.0.0.1", int(a.port)), Proxy).serve_forever()
