"""The tasks of documents: analyse, clean up in Directus, end what a dead run left there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.documents import service, storing
from app.extensions import db, settings
from app.http.errors import TaskError
from workers.documents import exports, pages, seeding
from workers.documents.analysis import Options, analyse
from workers.documents.directus.connection import connect
from workers.documents.directus.product import document_of, find_product, find_taxonomy, write_taxonomy
from workers.documents.llm.memory import Memory
from workers.documents.llm.run import Listener, budget_of, config_of
from workers.documents.llm.wire import Model
from workers.documents.tree import COMPLETED, FAILED, DocumentResult
from workers.sdk.checkpoint import checkpoint
from workers.sdk.task import Run, Work

Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """One document as a local file, and the taxonomy that goes with it in the place of the one that ships."""

    path: Path
    name: str
    taxonomy: Path | None = None


def analyse_documents(run: Run) -> None:
    """Analyse the documents of a job, store their trees, and write them into Directus where asked to.

    Trees are committed before anything is written elsewhere: a retry goes on with them.

    Raises:
        TaskError: none of the documents can be read, or Directus has no such product.
        DirectusAway: Directus does not answer; the job is tried again.

    """
    trees = storing.load_documents(run.session, run.job.id)
    run.session.commit()
    report: dict[str, Any] = {}
    if not trees:
        trees = _analyse_all(run, report)
    _check_readable(trees)
    is_seeded = seeding.seed(run, trees, report)
    storing.store_exports(run.session, run.job.id, exports.files_of(trees))
    result = {**_numbers(trees), "seeding_success": is_seeded}
    storing.store_analysis(run.session, run.job.id, result=result, coverage=coverage_of(trees), report=report)


def _analyse_all(run: Run, report: dict[str, Any]) -> list[dict[str, Any]]:
    """Analyse all documents and commit their trees with the pictures of their pages."""
    with _sources(run) as sources, _listener(run, report) as listener:
        results = [_analyse_one(run, each, number, listener) for number, each in enumerate(sources)]
        trees = [result.as_json() for result in results]
        done = sum(len(result.coverage.pages) for result in results)
        with checkpoint(run, processed=done, total=done, stage="store") as session:
            storing.store_documents(session, run.job.id, trees)
            for number, source in enumerate(sources):
                if results[number].outcome != FAILED:
                    for page, image in pages.pictures(source.path):
                        storing.store_page(session, run.job.id, number, page, image)
    return trees


def _analyse_one(run: Run, source: Source, number: int, listener: Listener | None) -> DocumentResult:
    """Analyse one document, telling how far it is."""
    return analyse(
        source.path,
        options=Options(name=source.name, taxonomy=source.taxonomy),
        progress=lambda done, total: run.progress(done, total, stage="read"),
        extend=partial(listener.extend, number) if listener else None,
    )


@contextmanager
def _listener(run: Run, report: dict[str, Any]) -> Iterator[Listener | None]:
    """Give what listens to the language model, where the job asks for one; what it cost is reported."""
    if not run.job.options.get("llm"):
        yield None
        return
    memory = Memory(db.engine, run.job.id, run.job.owner)
    budget = budget_of(settings(), memory.spent())
    config = config_of(settings())
    with Model(config) as model:
        yield Listener(
            model,
            db.engine,
            run.job.id,
            run.job.owner,
            run.job.options,
            budget,
            settings().documents_llm_output_tokens,
            on_progress=lambda done, total: run.progress(done, total, stage="llm"),
        )
    report["llm"] = {"model": config.name, **budget.summary()}


@contextmanager
def _sources(run: Run) -> Iterator[Sequence[Source]]:
    """Give the documents of a job as local files."""
    if "product_id" in run.job.input:
        with tempfile.TemporaryDirectory() as folder:
            yield [_downloaded(run.job.input["product_id"], Path(folder))]
        return
    with run.files() as files:
        yield [Source(file.path, file.name) for file in files]


def _downloaded(product_id: str, folder: Path) -> Source:
    """Fetch the document of a product, and its own taxonomy where it has one."""
    with connect() as client:
        file = document_of(find_product(client, product_id))
        target = folder / "document"
        client.save(f"/assets/{file.id}", target, most_bytes=service.FILE_BYTES)
        entries = find_taxonomy(client, product_id)
    return Source(target, file.name, write_taxonomy(entries, folder) if entries else None)


def _check_readable(trees: Sequence[Tree]) -> None:
    """Raise TaskError when none of the documents could be read, with the first one's reason."""
    if any(tree["outcome"] != FAILED for tree in trees):
        return
    error = trees[0]["error"] or {"code": "unreadable", "detail": "The document cannot be read."}
    raise TaskError(error["detail"], code=error["code"])


def _numbers(trees: Sequence[Tree]) -> dict[str, int]:
    """Return the counts that an analysis promises."""
    kinds = ("segment", "benefit", "limit")
    return {f"num_{kind}s": sum(tree["counts"][kind] for tree in trees) for kind in kinds}


def coverage_of(trees: Sequence[Tree]) -> dict[str, int]:
    """Return how many pages and chunks there are in all states; a document without any is one that failed."""
    states = [state for tree in trees for state in _states(tree)]
    counts = {name: states.count(name) for name in ("done", "failed", "skipped")}
    return {"total": len(states), **counts}


def _states(tree: Tree) -> list[str]:
    coverage = tree["coverage"]
    parts = [*coverage["pages"], *coverage["chunks"]]
    return [part["state"] for part in parts] or ["done" if tree["outcome"] == COMPLETED else "failed"]


def clean_product(run: Run) -> None:
    """Remove from a product what runs have written, and count it."""
    report = seeding.clean(run)
    nothing = {"total": 0, "done": 0, "failed": 0, "skipped": 0}
    storing.store_analysis(
        run.session, run.job.id, result={"success": report["success"]}, coverage=nothing, report=report
    )


def undo_runs(run: Run) -> None:
    """End the runs of a product whose processes died."""
    seeding.end_dead_runs(run)


def warm(_version: str) -> None:
    """Load nothing: this system's tables are small, and OCR's are loaded where a page needs them."""


TASKS: Mapping[str, Work] = {
    service.ANALYSIS: Work(analyse_documents),
    service.CLEANUP: Work(clean_product),
    service.UNDO: Work(undo_runs),
}
