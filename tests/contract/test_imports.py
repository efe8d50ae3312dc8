"""Imports run one way: workers know app, app knows workers by name only, no system knows another."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from tests.contract.sources import NAMES, ROOT, imports, modules, within
from tests.stacks import SECRET

HEAVY = (
    "torch",
    "lightgbm",
    "numpy",
    "scipy",
    "polars",
    "pandas",
    "cv2",
    "tokenizers",
    "boto3",
    "alembic",
    "workers",
)
OPENS_PICKLES = ("pickle", "_pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve", "marshal")
SHARED = {"sdk", "runtime", "tables"}  # packages of workers/ that are no system
# These may name the workers' package as text, for whom they hand work to.
NAMERS = {"app.cli", "app.documents.commands", "app.jobs.queue.rq", *(f"app.{name}" for name in NAMES)}


def loaded_by(statement):
    """Return the modules that a new interpreter has after a statement."""
    script = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env={"PATH": "", "SECRET_KEY": SECRET, "DATABASE_URL": "postgresql://localhost/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_web_process_loads_nothing_heavy():
    """Neither that of the API, which makes the application, nor the dashboard's."""
    dashboard = "from app.telemetry.dashboard import create_dashboard; create_dashboard()"
    modules_there = loaded_by(f"import wsgi; {dashboard}")
    assert "app.factory" in modules_there
    assert not [name for name in modules_there if any(within(name, heavy) for heavy in HEAVY)]


def test_app_never_imports_workers():
    assert not [
        (module, name)
        for module, path, tree in modules("app")
        for name in imports(module, path, tree)
        if within(name, "workers")
    ]


def test_app_names_workers_only_where_work_is_handed_over():
    docstrings = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for module, _, tree in modules("app"):
        prose = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, docstrings) and ast.get_docstring(node)
        }
        named = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
            and node.value.startswith("workers.")
        ]
        assert not named or module in NAMERS, (module, named)


@pytest.mark.parametrize("side", ["app", "workers"])
def test_no_system_imports_another_system(side):
    packages = {path.name for path in (ROOT / "workers").iterdir() if (path / "__init__.py").exists()}
    folders = (packages - SHARED) | set(NAMES)
    for system in sorted(folders):
        others = [f"{half}.{other}" for half in ("app", "workers") for other in folders - {system}]
        for module, path, tree in modules(f"{side}/{system}"):
            strangers = [
                name for name in imports(module, path, tree) if any(within(name, other) for other in others)
            ]
            assert not strangers, (module, strangers)


def test_shared_code_of_app_knows_systems_only_where_they_are_registered():
    own = tuple(f"app.{name}" for name in NAMES)
    for module, path, tree in modules("app"):
        if module == "app.systems" or any(within(module, system) for system in own):
            continue
        foreign = [
            name for name in imports(module, path, tree) if any(within(name, system) for system in own)
        ]
        assert not foreign, (module, foreign)


def test_nothing_can_open_a_pickle():
    assert not [
        (module, name)
        for module, path, tree in modules("app", "workers", "stack", "migrations")
        for name in imports(module, path, tree)
        if any(within(name, opener) for opener in OPENS_PICKLES)
    ]


def test_rq_queues_and_jobs_are_made_in_one_place():
    makers = {"Queue", "RqJob", "ClosedJob"}
    for module, path, tree in modules("app", "workers", "stack"):
        if module == "app.jobs.queue.rq":
            continue
        imported = [name for name in imports(module, path, tree) if name in {"rq.Queue", "rq.queue.Queue"}]
        made = [
            ast.unparse(node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and made_class(node) in makers
        ]
        assert not imported, module
        assert not made, (module, made)


def made_class(call):
    """Return the class that a call makes or asks: `Queue(...)`, `RqJob.create(...)`, `RqJob.fetch(...)`."""
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr in {"create", "fetch", "fetch_many"}:
        called = called.value
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def package_of(module):
    """Return the package that a module counts to: two levels below the root."""
    return ".".join(module.split(".")[:2])


def runtime_imports(module, path, tree):
    """Yield what a module imports when it runs; imports for type checkers alone do not count."""
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING")
    ]
    yield from imports(module, path, ast.Module(body, []))


def package_graph():
    """Return which packages of app and workers import which others at run time."""
    parsed = list(modules("app", "workers"))
    names = {module for module, _, _ in parsed}
    graph = {}
    for module, path, tree in parsed:
        for name in runtime_imports(module, path, tree):
            target = name if name in names else name.rpartition(".")[0]
            pair = package_of(module), package_of(target)
            if target in names and pair[0] != pair[1] and all("." in package for package in pair):
                graph.setdefault(pair[0], set()).add(pair[1])
    return graph


def test_no_packages_import_each_other_in_a_circle():
    graph = package_graph()
    assert graph["app.files"] >= {"app.jobs", "app.http"}
    while leaves := {package for targets in graph.values() for package in targets} - graph.keys():
        graph = {package: targets - leaves for package, targets in graph.items()}
        graph = {package: targets for package, targets in graph.items() if targets}
    assert not graph
