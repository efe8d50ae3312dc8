"""Accidents: how severe a traffic accident is likely to be, as ECLO."""

from __future__ import annotations

from app.accidents.charts import routes as charts
from app.accidents.chat import routes as chat
from app.accidents.chat.service import CHAT
from app.accidents.datasets import routes as datasets
from app.accidents.datasets import shared_routes as shared
from app.accidents.datasets.service import READ, keys_in_use
from app.accidents.maps import routes as maps
from app.accidents.severity.routes import blp
from app.accidents.severity.service import SEVERITIES, SEVERITY
from app.accidents.vocabulary import VOCABULARY
from app.system import Lane, System, Task

SYSTEM = System(
    name="accidents",
    title="Traffic accident severity",
    tasks=(
        Task(SEVERITY, Lane.REALTIME, timeout_s=30, cacheable=True),
        Task(SEVERITIES, Lane.BATCH, timeout_s=120, counted=True),
        Task(READ, Lane.BATCH, timeout_s=120),
        Task(CHAT, Lane.BATCH, timeout_s=90),
    ),
    vocabulary=VOCABULARY,
    worker="workers.accidents",
    blueprints=(blp, datasets.blp, datasets.evidence_blp, shared.blp, charts.blp, maps.blp, chat.blp),
    keys_in_use=keys_in_use,
)
