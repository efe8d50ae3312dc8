# ruff: noqa: N815, PLR0911, C901
"""The routes of a Directus on loopback."""

from __future__ import annotations

import contextlib
import json
import re
import time
import uuid
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

import jwt

from tests.documents.directus_graphql import graphql, nested
from tests.documents.directus_store import EXPIRES_S, RIGHTS, Refused, forbidden


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # an answer in one packet: two would wait 40 ms for each other

    def log_message(self, *args):
        pass

    @property
    def store(self):
        return self.server.store

    def answer(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.query = nested(parse_qsl(parts.query, keep_blank_values=True))
        try:
            if self.store.pause_s and self.command in ("POST", "DELETE") and parts.path.startswith("/items"):
                time.sleep(self.store.pause_s)
            with self.store.lock:
                self.store.calls.append((self.command, parts.path, len(self.body)))
                answer = self.route(parts.path)
        except Refused as error:
            extensions = error.more | {"code": error.code}
            answer = error.status, {"errors": [{"message": error.message, "extensions": extensions}]}
        except (ValueError, KeyError, TypeError) as error:
            answer = 400, {"errors": [{"message": repr(error), "extensions": {"code": "INVALID_PAYLOAD"}}]}
        self.send(*answer)

    def counted(self):
        self.store.busy += 1
        try:
            self.answer()
        finally:
            self.store.busy -= 1

    do_GET = do_POST = do_PATCH = do_DELETE = do_SEARCH = counted

    def send(self, status, body, headers=()):
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            if not isinstance(body, bytes):
                self.send_header("Content-Type", "application/json")
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def route(self, path):
        sent = json.loads(self.body) if self.body and "json" in self.headers.get("Content-Type", "") else None
        if path == "/auth/login":
            return self.login(sent)
        if path == "/auth/refresh":
            return self.refresh(sent)
        self.user = self.authenticate()
        if path == "/server/ping":
            return 200, b"pong"
        if path == "/server/info":
            return 200, {
                "data": {"project": {"project_name": "Directus"}, "queryLimit": {"default": 100, "max": -1}}
            }
        if path == "/users/me":
            return self.me()
        if path == "/permissions/me":
            return self.permissions()
        if path == "/graphql":
            self.may("dcm_product", "read")
            return 200, graphql(self.store, sent["query"], sent.get("variables") or {})
        if path == "/files":
            return self.upload()
        if path.startswith("/assets/"):
            return self.asset(path.removeprefix("/assets/"))
        if match := re.fullmatch(r"/items/(\w+)(?:/([^/]+))?", path):
            return self.items(match[1], match[2], sent)
        return self.structure(path, sent)

    # -- who it is

    def login(self, sent):
        for user_id, user in self.store.users.items():
            if user["email"] and (user["email"], user["password"]) == (
                sent.get("email"),
                sent.get("password"),
            ):
                return 200, {"data": self.tokens(user_id)}
        raise Refused(401, "INVALID_CREDENTIALS", "Invalid user credentials.")

    def tokens(self, user_id):
        refresh = uuid.uuid4().hex + uuid.uuid4().hex
        self.store.refresh_tokens[refresh] = user_id
        return {
            "expires": EXPIRES_S * 1000,
            "refresh_token": refresh,
            "access_token": self.store.access_token(user_id),
        }

    def refresh(self, sent):
        user_id = self.store.refresh_tokens.pop(sent.get("refresh_token"), None)
        if user_id is None:
            raise Refused(401, "INVALID_CREDENTIALS", "Invalid user credentials.")
        return 200, {"data": self.tokens(user_id)}

    def authenticate(self):
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not token:
            return None
        for user_id, user in self.store.users.items():
            if user["token"] and user["token"] == token:
                return user_id
        try:
            return jwt.decode(token, self.store.secret, algorithms=["HS256"], issuer="directus")["id"]
        except jwt.ExpiredSignatureError:
            raise Refused(401, "TOKEN_EXPIRED", "Token expired.") from None
        except jwt.PyJWTError:
            raise Refused(401, "INVALID_CREDENTIALS", "Invalid user credentials.") from None

    def may(self, collection, action):
        user = self.store.users.get(self.user)
        if user is None:
            raise forbidden(collection)
        rights = user["rights"]
        if not user["admin"] and rights is not None and action not in rights.get(collection, ()):
            raise forbidden(collection)

    def me(self):
        if self.user is None:
            raise forbidden()
        return 200, {"data": {"id": self.user, "email": self.store.users[self.user]["email"]}}

    def permissions(self):
        user = self.store.users.get(self.user)
        rights = {}
        for name in self.store.rows:
            mine = (
                RIGHTS
                if user and (user["admin"] or user["rights"] is None)
                else (user or {}).get("rights", {}).get(name, ())
            )
            rights[name] = {action: {"access": "full" if action in mine else "none"} for action in RIGHTS}
        return 200, {"data": rights}

    # -- files

    def upload(self):
        self.may("directus_files", "create")
        head = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n"
        for part in BytesParser().parsebytes(head + self.body).get_payload():
            if part.get_filename():
                file_id = self.store.add_file(
                    part.get_filename(), part.get_payload(decode=True), part.get_content_type()
                )
                return 200, {"data": self.store.rows["directus_files"][file_id]}
        raise Refused(400, "INVALID_PAYLOAD", "Invalid payload. No file was included in the body.")

    def asset(self, key):
        self.may("directus_files", "read")
        if key not in self.store.assets:
            raise forbidden()
        row = self.store.rows["directus_files"][key]
        named = f'attachment; filename="{row["filename_download"]}"'
        return 200, self.store.assets[key], [("Content-Type", row["type"]), ("Content-Disposition", named)]

    # -- items

    def items(self, collection, key, sent):
        action = {"GET": "read", "SEARCH": "read", "POST": "create", "PATCH": "update", "DELETE": "delete"}[
            self.command
        ]
        self.may(collection, action)
        table = self.store.table(collection)
        if key is not None and key not in table:
            raise forbidden()
        if action == "create":
            rows = self.store.create(collection, sent if isinstance(sent, list) else [sent])
            return 200, {"data": rows if isinstance(sent, list) else rows[0]}
        if action == "update":
            return self.change(collection, key, sent)
        if action == "delete":
            self.store.delete(collection, {key} if key else self.keys(collection, sent))
            return 204, None
        if key is not None:
            return 200, {"data": self.shown(collection, table[key], self.query.get("fields"))}
        return self.listed(collection, (sent or {}).get("query", self.query))

    def keys(self, collection, sent):
        if isinstance(sent, list):
            return {str(key) for key in sent}
        query = sent.get("query") or {}
        if "keys" in sent:
            return {str(key) for key in sent["keys"]}
        rows = self.store.select(collection, query.get("filter"))
        limit = query.get("limit", 100)
        return {row["id"] for row in (rows if limit < 0 else rows[:limit])}

    def change(self, collection, key, sent):
        data = sent if key else sent["data"]
        stored = []
        for each in {key} if key else self.keys(collection, sent):
            row = self.store.rows[collection][each]
            row.update(self.store.clean(collection, data))
            stored.append(row)
        return 200, {"data": stored[0] if key else stored}

    def listed(self, collection, query):
        self.check_names(collection, query.get("fields"))
        rows = self.store.select(collection, query.get("filter"))
        if "aggregate" in query:
            return 200, {"data": [{"count": str(len(rows))}]}
        for name in reversed(str(query.get("sort") or "id").split(",")):
            rows.sort(
                key=lambda row: (row.get(name.lstrip("-")) is None, row.get(name.lstrip("-"))),
                reverse=name.startswith("-"),
            )
        limit = int(query.get("limit", 100))
        most = self.store.most_rows
        if most and limit > most:
            raise Refused(
                400, "INVALID_QUERY", f'Invalid query. "limit" must be less than or equal to {most}.'
            )
        limit = most if most and limit < 0 else limit
        offset = int(query.get("offset") or max(int(query.get("page") or 1) - 1, 0) * max(limit, 0))
        rows = rows[offset:] if limit < 0 else rows[offset : offset + limit]
        return 200, {"data": [self.shown(collection, row, query.get("fields")) for row in rows]}

    def shown(self, collection, row, names):
        if not names or names == "*":
            return {
                name: value
                for name, value in row.items()
                if self.store.collections[collection][name] != "alias"
            }
        self.check_names(collection, names)
        return {name: row.get(name) for name in names.split(",")}

    def check_names(self, collection, names):
        if names and names != "*" and not set(names.split(",")) <= set(self.store.collections[collection]):
            raise forbidden()

    # -- collections, fields, relations

    def structure(self, path, sent):
        user = self.store.users.get(self.user)
        if not (user and user["admin"]):
            raise forbidden()
        if path == "/collections" and self.command == "POST":
            if sent["collection"] in self.store.rows:
                raise Refused(
                    400,
                    "INVALID_PAYLOAD",
                    f'Invalid payload. Collection "{sent["collection"]}" already exists.',
                )
            fields = {field["field"]: field["type"] for field in sent.get("fields", ())}
            self.store.create_collection(sent["collection"], fields or {"id": "uuid"})
            return 200, {"data": {"collection": sent["collection"], "meta": sent.get("meta")}}
        if path == "/relations" and self.command == "POST":
            self.store.relate(
                sent["collection"],
                sent["field"],
                sent["related_collection"],
                (sent.get("meta") or {}).get("one_field"),
            )
            return 200, {"data": {"collection": sent["collection"], "field": sent["field"]}}
        if match := re.fullmatch(r"/fields/(\w+)", path):
            if match[1] not in self.store.collections:
                raise forbidden(match[1])
            if self.command == "POST":
                self.store.collections[match[1]][sent["field"]] = sent["type"]
                return 200, {"data": {"collection": match[1], **sent}}
            fields = self.store.collections[match[1]].items()
            return 200, {
                "data": [{"collection": match[1], "field": name, "type": kind} for name, kind in fields]
            }
        raise Refused(404, "ROUTE_NOT_FOUND", f"Route {path} doesn't exist.")
