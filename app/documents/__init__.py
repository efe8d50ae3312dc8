"""Documents: what an insurance policy covers, with the proof of each item, in and out of Directus."""

from __future__ import annotations

from app.documents.commands import documents
from app.documents.recovery import recover_runs
from app.documents.results import DocumentResults
from app.documents.results_routes import blp as result_blp
from app.documents.routes import blp
from app.documents.schemas import AnalysisOptionsSchema
from app.documents.service import ANALYSIS, CLEANUP, FILE_BYTES, KINDS, NAME, UNDO
from app.documents.vocabulary import VOCABULARY
from app.system import Files, Lane, Priority, System, Task

SYSTEM = System(
    name=NAME,
    title="What insurance documents cover",
    tasks=(
        Task(ANALYSIS, Lane.BATCH, timeout_s=3600),
        Task(CLEANUP, Lane.BATCH, timeout_s=1800),
        Task(UNDO, Lane.BATCH, timeout_s=1800, priority=Priority.BULK),
    ),
    vocabulary=VOCABULARY,
    worker="workers.documents",
    blueprints=(blp, result_blp),
    files=Files(ANALYSIS, KINDS, FILE_BYTES, AnalysisOptionsSchema, DocumentResults()),
    upkeep=(recover_runs,),
    commands=(documents,),
)
