# ruff: noqa: PLW2901
"""The little of GraphQL that Directus is asked in, over a store."""

from __future__ import annotations

import contextlib
import json
import re

from tests.documents.directus_store import Refused, forbidden

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
