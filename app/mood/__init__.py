"""Mood: from exports of a phone and a watch to a risk for every day."""

from __future__ import annotations

from app.files.jobs.vocabulary import VOCABULARY
from app.mood.report.routes import blp as report_blp
from app.mood.results import MoodResults
from app.mood.routes import blp
from app.mood.schemas import MoodOptionsSchema
from app.mood.service import FILE_BYTES, FILES, KINDS, KINDS_IF_NAMED, NAME, RECORDS
from app.mood.watch.command import watch
from app.system import Files, Lane, Priority, System, Task

SYSTEM = System(
    name=NAME,
    title="Risk of mood episodes from sleep and activity",
    tasks=(
        Task(RECORDS, Lane.REALTIME, timeout_s=30),
        Task(FILES, Lane.BATCH, timeout_s=3600, priority=Priority.INTERACTIVE),
    ),
    vocabulary=VOCABULARY,
    worker="workers.mood",
    blueprints=(blp, report_blp),
    files=Files(FILES, KINDS, FILE_BYTES, MoodOptionsSchema, MoodResults(), kinds_if_named=KINDS_IF_NAMED),
    retry_s=60.0,
    commands=(watch,),
)
