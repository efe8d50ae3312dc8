"""Personality: the impression that faces make, from pictures and clips."""

from __future__ import annotations

from app.files.uploads.media import KINDS
from app.personality.results import ImpressionResults
from app.personality.routes import blp
from app.personality.schemas import OptionsSchema
from app.personality.service import FILE_BYTES, IMPRESSIONS, NAME
from app.personality.vocabulary import VOCABULARY
from app.system import Files, Lane, System, Task

MEDIA_TYPES = tuple(dict.fromkeys(kind.media_type for kind in KINDS))

SYSTEM = System(
    name=NAME,
    title="Impressions of faces",
    tasks=(Task(IMPRESSIONS, Lane.BATCH, timeout_s=120, cacheable=True),),
    vocabulary=VOCABULARY,
    worker="workers.personality",
    blueprints=(blp,),
    files=Files(IMPRESSIONS, MEDIA_TYPES, FILE_BYTES, OptionsSchema, ImpressionResults()),
)
