# ruff: noqa: N815, PLR0911, C901, TRY301, PLW2901
"""A Directus on loopback: it answers as a real 11.17 was recorded to, out of dictionaries.

    python -m tests.documents.directus_stub --port 8055 --secret SECRET

What it keeps to: 403 for what is not there, 100 rows without a limit, decimals as strings over REST and
as floats over GraphQL, counts as strings, foreign keys that hold (500 for a parent with children), 400
for a key twice, POST all or nothing, and no `_gt` on a uuid.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import threading
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import jwt

EXPIRES_S = 900
UUID_OPERATORS = {"_eq", "_neq", "_in", "_nin", "_null", "_nnull"}
STRING_OPERATORS = UUID_OPERATORS | {"_contains", "_ncontains", "_starts_with", "_empty", "_nempty"}
ORDERED = {"_gt", "_gte", "_lt", "_lte"}
RIGHTS = ("create", "read", "update", "delete")


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status, code, message, **more):
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


def forbidden(what=None):
    message = (
        f'You don\'t have permission to access collection "{what}" or it does not exist. Queried in root.'
        if what
        else "You don't have permission to access this."
    )
    return Refused(403, "FORBIDDEN", message)


class Store:
    """Collections, their fields and relations, their rows, and the users."""

    def __init__(self, secret):
        self.secret = secret
        self.lock = threading.RLock()
        self.collections = {
            "directus_files": {
                "id": "uuid",
                "filename_download": "string",
                "type": "string",
                "filesize": "bigInteger",
            }
        }
        self.relations = {}  # (collection, field) -> related collection
        self.aliases = {}  # (collection, alias) -> (many collection, many field)
        self.rows = {"directus_files": {}}
        self.assets = {}
        self.users = {}  # id -> {email, password, role, token, admin, rights}
        self.refresh_tokens = {}
        self.calls = []
        self.pause_s = 0.0  # before each write
        self.busy = 0  # requests that are being answered

    def add_user(self, *, email=None, password=None, token=None, role=None, admin=True, rights=None):
        """Add a user; `rights` maps collections to the actions that he may do, None for all."""
        user = str(uuid.uuid4())
        self.users[user] = {
            "email": email, "password": password, "token": token, "role": role or str(uuid.uuid4()),
            "admin": admin, "rights": rights,
        }  # fmt: skip
        return user

    def access_token(self, user_id, *, ttl_s=EXPIRES_S, **claims):
        """Return an access token of a user, as Directus signs it."""
        user, now = self.users[user_id], int(time.time())
        payload = {
            "id": user_id, "role": user["role"], "app_access": True, "admin_access": user["admin"],
            "iat": now, "exp": now + ttl_s, "iss": "directus", "jti": uuid.uuid4().hex,
        }  # fmt: skip
        return jwt.encode(payload | claims, self.secret, algorithm="HS256")

    def create_collection(self, name, fields):
        with self.lock:
            self.collections.setdefault(name, {}).update(fields)
            self.rows.setdefault(name, {})

    def relate(self, many, field, one, alias=None):
        self.relations[many, field] = one
        if alias:
            self.aliases[one, alias] = (many, field)
            self.collections.get(one, {}).setdefault(alias, "alias")

    def add_file(self, name, content, kind="application/pdf"):
        file_id = str(uuid.uuid4())
        self.rows["directus_files"][file_id] = {
            "id": file_id, "filename_download": name, "type": kind, "filesize": str(len(content)),
        }  # fmt: skip
        self.assets[file_id] = content
        return file_id

    # -- rows

    def table(self, name):
        if name not in self.rows:
            raise forbidden(name)
        return self.rows[name]

    def clean(self, collection, row):
        """Return a row as it is stored; raise what PostgreSQL would say."""
        fields = self.collections[collection]
        for name, value in row.items():
            if name not in fields:
                raise forbidden()
            if fields[name] == "decimal" and value is not None:
                try:
                    row = row | {name: f"{Decimal(str(value)):.5f}"}
                except InvalidOperation:
                    message = f'insert into "{collection}" - invalid input syntax for type numeric: "{value}"'
                    raise Refused(500, "INTERNAL_SERVER_ERROR", message) from None
            related = self.relations.get((collection, name))
            if related and value is not None and str(value) not in self.rows[related]:
                message = f'Invalid foreign key "{value}" for field "{name}" in collection "{collection}".'
                raise Refused(
                    400, "INVALID_FOREIGN_KEY", message, collection=collection, field=name, value=value
                )
        return row

    def create(self, collection, rows):
        """Insert rows, all or none."""
        table, added = self.table(collection), []
        try:
            for row in rows:
                key = str(row.get("id") or uuid.uuid4())
                if key in table:
                    message = f'Value "{key}" for field "id" in collection "{collection}" has to be unique.'
                    raise Refused(
                        400, "RECORD_NOT_UNIQUE", message, collection=collection, field="id", value=key
                    )
                empty = {name: None for name, kind in self.collections[collection].items() if kind != "alias"}
                table[key] = empty | self.clean(collection, row) | {"id": key}
                added.append(key)
        except Refused:
            for key in added:
                del table[key]
            raise
        return [table[key] for key in added]

    def delete(self, collection, keys):
        table = self.table(collection)
        for (many, field), one in self.relations.items():
            if one != collection:
                continue
            if any(row.get(field) in keys for row in self.rows[many].values()):
                message = (
                    f'delete from "{collection}" - violates foreign key constraint "{many}_{field}_foreign"'
                )
                raise Refused(500, "INTERNAL_SERVER_ERROR", message)
        for key in keys:
            table.pop(key, None)

    def matches(self, collection, row, condition):
        for name, wanted in (condition or {}).items():
            if name in ("_and", "_or"):
                held = [self.matches(collection, row, each) for each in wanted]
                if not (all(held) if name == "_and" else any(held)):
                    return False
            elif not self._field_matches(collection, row, name, wanted):
                return False
        return True

    def _field_matches(self, collection, row, name, wanted):
        kind = self.collections[collection].get(name)
        if kind is None:
            raise forbidden()
        related = self.relations.get((collection, name))
        if related and not all(key.startswith("_") for key in wanted):
            inner = self.rows[related].get(row.get(name))
            return inner is not None and self.matches(related, inner, wanted)
        return all(operate(kind, row.get(name), operator, value) for operator, value in wanted.items())

    def select(self, collection, condition):
        return [
            row for row in list(self.table(collection).values()) if self.matches(collection, row, condition)
        ]


def operate(kind, have, operator, value):
    allowed = UUID_OPERATORS if kind == "uuid" else STRING_OPERATORS if kind in ("string", "text") else None
    if allowed is not None and operator not in allowed:
        message = f'Invalid query. "{kind}" field type does not contain the "{operator}" filter operator.'
        raise Refused(400, "INVALID_QUERY", message)
    if operator in ORDERED:
        number, bound = float(have), float(value)
        return {
            "_gt": number > bound,
            "_gte": number >= bound,
            "_lt": number < bound,
            "_lte": number <= bound,
        }[operator]
    if operator == "_null":
        return (have is None) == bool(value)
    if operator == "_nnull":
        return (have is not None) == bool(value)
    if operator in ("_in", "_nin"):
        wanted = value if isinstance(value, list) else str(value).split(",")
        return (have in wanted) == (operator == "_in")
    if operator == "_contains":
        return str(value) in (have or "")
    if operator == "_starts_with":
        return (have or "").startswith(str(value))
    return (have == value) if operator == "_eq" else (have is not None and have != value)


# -- GraphQL, as far as products are asked for

TOKEN = re.compile(r"[{}()\[\]:!$,]|[A-Za-z_]\w*|\"[^\"]*\"|[-\d.]+")


def parse_selection(tokens):
    """Return a selection set as {name: (arguments, selection or None)}; `tokens` stand behind its brace."""
    fields = {}
    while tokens[0] != "}":
        name = tokens.pop(0)
        arguments = {}
        if tokens[0] == "(":
            tokens.pop(0)
            while tokens[0] != ")":
                key = tokens.pop(0)
                assert tokens.pop(0) == ":"
                arguments[key] = ("$", tokens.pop(0)) if tokens.pop(0) == "$" else None
                if tokens[0] == ",":
                    tokens.pop(0)
            tokens.pop(0)
        inner = None
        if tokens[0] == "{":
            tokens.pop(0)
            inner = parse_selection(tokens)
        fields[name] = (arguments, inner)
    tokens.pop(0)
    return fields


def graphql(store, query, variables):
    tokens = TOKEN.findall(query)
    head = tokens[: tokens.index("{")]
    declared = [head[at + 1] for at, token in enumerate(head) if token == "$"]
    for name in declared:
        if query.count(f"${name}") < 2:
            raise validation(f'Variable "${name}" is never used.')
    del tokens[: tokens.index("{") + 1]
    answer = {}
    for name, (arguments, inner) in parse_selection(tokens).items():
        collection = name.removesuffix("_by_id")
        if collection not in store.rows:
            raise validation(f'Cannot query field "{name}" on type "Query".')
        key = variables.get(arguments["id"][1]) if arguments.get("id") else None
        row = store.rows[collection].get(str(key))
        if row is None:
            raise forbidden()
        answer[name] = project(store, collection, row, inner)
    return {"data": answer}


def validation(message):
    error = Refused(400, "GRAPHQL_VALIDATION", "GraphQL validation error.")
    error.more = {"errors": [{"message": message, "locations": [{"line": 1, "column": 7}]}]}
    return error


def project(store, collection, row, selection):
    shown = {}
    for name, (_, inner) in selection.items():
        kind = store.collections[collection].get(name)
        if kind is None:
            raise validation(f'Cannot query field "{name}" on type "{collection}".')
        if (collection, name) in store.aliases:
            many, field = store.aliases[collection, name]
            rows = [each for each in store.rows[many].values() if each.get(field) == row["id"]]
            shown[name] = [project(store, many, each, inner) for each in rows]
        elif (collection, name) in store.relations and inner:
            related = store.relations[collection, name]
            other = store.rows[related].get(row.get(name))
            shown[name] = project(store, related, other, inner) if other else None
        else:
            value = row.get(name)
            shown[name] = float(value) if kind == "decimal" and value is not None else value
    return shown


# -- HTTP


def nested(pairs):
    """Return `filter[a][_eq]=1` as a document, or its JSON."""
    query = {}
    for key, value in pairs:
        path = re.findall(r"[^\[\]]+", key)
        if len(path) == 1:
            with contextlib.suppress(ValueError):
                value = json.loads(value) if key in ("filter", "limit", "offset", "page") else value
            query[path[0]] = value
            continue
        node = query
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = value
    return query


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
