"""Reviews: whether short texts praise or blame, one by one or as files."""

from __future__ import annotations

from app.reviews.routes import RESULTS, blp
from app.reviews.schemas import BatchOptionsSchema
from app.reviews.service import FILE_BYTES, KINDS, NAME, SENTIMENT, SENTIMENTS
from app.reviews.vocabulary import VOCABULARY
from app.system import Files, Lane, System, Task

SYSTEM = System(
    name=NAME,
    title="Sentiment of reviews",
    tasks=(
        Task(SENTIMENT, Lane.REALTIME, timeout_s=30, cacheable=True),
        Task(SENTIMENTS, Lane.BATCH, timeout_s=3600),
    ),
    vocabulary=VOCABULARY,
    worker="workers.reviews",
    blueprints=(blp,),
    files=Files(SENTIMENTS, KINDS, FILE_BYTES, BatchOptionsSchema, RESULTS, csv_form=RESULTS.csv_form),
)
