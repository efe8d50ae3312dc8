# ruff: noqa: PLR0911, TRY301
"""The rows of a Directus on loopback: users, collections, files, filters, foreign keys that hold."""

from __future__ import annotations

import threading
import time
import uuid
from decimal import Decimal, InvalidOperation

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
        self.most_rows = None  # QUERY_LIMIT_MAX
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
