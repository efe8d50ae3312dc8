"""Accidents: how severe a traffic accident is likely to be, as ECLO."""

from __future__ import annotations

from app.accidents.charts import routes as chart_routes
from app.accidents.chat import routes as chat_routes
from app.accidents.chat.service import CHAT
from app.accidents.datasets import routes as dataset_routes
from app.accidents.datasets import shared_routes
from app.accidents.datasets.service import READ, keys_in_use
from app.accidents.maps import routes as map_routes
from app.accidents.maps.exports import EXPORT
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
        Task(EXPORT, Lane.BATCH, timeout_s=60),
    ),
    vocabulary=VOCABULARY,
    worker="workers.accidents",
    blueprints=(
        blp,
        dataset_routes.blp,
        dataset_routes.evidence_blp,
        shared_routes.blp,
        chart_routes.blp,
        map_routes.blp,
        chat_routes.blp,
    ),
    keys_in_use=keys_in_use,
)
