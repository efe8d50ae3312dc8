"""What the project's own files say, read without running them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from app.systems import SYSTEMS

ROOT = Path(__file__).parent.parent.parent
NAMES = tuple(system.name for system in SYSTEMS)


def modules(*folders):
    """Yield each Python file of some folders with its dotted name and its syntax tree."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, path, parsed(path)


@cache
def parsed(path):
    """Return the syntax tree of a file, which nobody changes: parsing all takes seconds."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(module, path, tree):
    """Return the dotted name of everything that a file imports, at any depth of its code."""
    return tuple(_imports(module, path, tree))


def _imports(module, path, tree):
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name, package):
    """Say whether a dotted name is a package or something in it."""
    return name == package or name.startswith(package + ".")
