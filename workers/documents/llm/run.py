"""Have the configured language model read a document on top of the rules, for a job that asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Settings
from app.documents.models import DocumentTier
from app.http.errors import TaskError
from workers.documents.llm.answers import Answered
from workers.documents.llm.budget import Budget
from workers.documents.llm.chunks import CHUNK_CHARACTERS, Chunk, chunks_of
from workers.documents.llm.memory import Memory
from workers.documents.llm.prompts import TIERS
from workers.documents.llm.refine import Refiner
from workers.documents.llm.tiers import Asker, Heard, TierAnswer
from workers.documents.llm.wire import Model, ModelConfig
from workers.documents.reading.model import Reading
from workers.documents.tree import COMPLETED, PARTIAL, ChunkState, Coverage, DocumentResult

AT_ONCE = {"segments": "segment_chunks", "benefits": "benefit_chunks", "modifiers": "modifier_chunks"}
NAMED = ("segment", "benefit")


@dataclass(frozen=True)
class Listener:
    """Listens to a model about the documents of one job; `on_progress` is called with chunks done, and all."""

    model: Model
    engine: Engine
    job_id: UUID
    owner: str
    options: Mapping[str, Any]
    budget: Budget
    most_tokens: int
    on_progress: Callable[[int, int], None]

    def extend(self, number: int, result: DocumentResult, reading: Reading) -> DocumentResult:
        """Return a document's result with what the model named in it."""
        chunks = chunks_of(reading.text, self.options.get("chunk_size") or CHUNK_CHARACTERS)
        memory = Memory(self.engine, self.job_id, self.owner, is_shared=not self.options.get("no_cache"))
        asker = Asker(self.model, memory, self.budget, reading.text, self.most_tokens)
        refiner = Refiner(reading, result, self.model.config.name)
        states: list[ChunkState] = []
        for tier in TIERS:
            answer = self._tier(tier, number, asker, chunks, _names(refiner))
            states += answer.chunks
            refiner.take(answer.heard)
        return _covered(refiner.refined(), states)

    def _tier(
        self, tier: str, number: int, asker: Asker, chunks: Sequence[Chunk], names: Sequence[str]
    ) -> TierAnswer:
        """Return what a tier gave: of an earlier job where this one begins behind it, else asked now."""
        sha256 = hashlib.sha256(asker.text.encode()).hexdigest()
        begin = self.options.get("debug_from")
        if begin and list(TIERS).index(tier) < list(TIERS).index(begin):
            return self._kept(tier, sha256)
        done = list(TIERS).index(tier) * len(chunks)
        answer = asker.tier(
            tier,
            chunks,
            names,
            at_once=int(self.options.get(AT_ONCE[tier]) or 1),
            on_progress=lambda count: self.on_progress(done + count, len(TIERS) * len(chunks)),
        )
        if self.options.get("debug"):
            self._keep(tier, number, sha256, answer)
        return answer

    def _kept(self, tier: str, sha256: str) -> TierAnswer:
        """Return what a tier gave in the owner's last job with `debug` on the same text.

        Raises:
            TaskError: there is none.

        """
        wanted = select(DocumentTier.items).where(
            DocumentTier.owner == self.owner, DocumentTier.sha256 == sha256, DocumentTier.tier == tier
        )
        with Session(self.engine) as session:
            kept = session.scalar(wanted.order_by(DocumentTier.job_id.desc()).limit(1))
        if kept is None:
            detail = f"No job with `debug` has kept the tier {tier!r} of this document; run one first."
            raise TaskError(detail, code="no_debug_run")
        heard = [Heard(tier, Chunk(*each["chunk"]), Answered(**each["answered"])) for each in kept["heard"]]
        return TierAnswer(tuple(heard), tuple(ChunkState(**each) for each in kept["chunks"]))

    def _keep(self, tier: str, number: int, sha256: str, answer: TierAnswer) -> None:
        heard = [
            {"chunk": [each.chunk.start, each.chunk.end], "answered": asdict(each.answered)}
            for each in answer.heard
        ]
        row = {
            "job_id": self.job_id,
            "document": number,
            "tier": tier,
            "owner": self.owner,
            "sha256": sha256,
            "items": {"heard": heard, "chunks": [asdict(each) for each in answer.chunks]},
        }
        with Session(self.engine) as session:
            session.execute(insert(DocumentTier).values(row).on_conflict_do_nothing())
            session.commit()


def _names(refiner: Refiner) -> list[str]:
    """Return the names of the segments and benefits that are known so far."""
    items = [node.item for top in refiner.tops for node in top.walk() if node.item.kind in NAMED]
    return list(dict.fromkeys(item.item_name for item in items))


def _covered(result: DocumentResult, states: Sequence[ChunkState]) -> DocumentResult:
    """Return a result whose coverage has the model's chunks; with a failed one it is partial."""
    coverage = Coverage(result.coverage.pages, (*result.coverage.chunks, *states))
    failed = any(state.state == "failed" for state in states)
    outcome = PARTIAL if failed and result.outcome == COMPLETED else result.outcome
    return replace(result, coverage=coverage, outcome=outcome)


def config_of(settings: Settings) -> ModelConfig:
    """Return the model that the settings name; raise TaskError where they name none."""
    if not settings.documents_llm_url or not settings.documents_llm_model:
        detail = "No language model is configured; set DOCUMENTS_LLM_URL and DOCUMENTS_LLM_MODEL, or leave out `llm`."
        raise TaskError(detail, code="llm_not_configured")
    return ModelConfig(
        settings.documents_llm_url,
        settings.documents_llm_protocol,
        settings.documents_llm_model,
        settings.documents_llm_key,
        settings.documents_llm_timeout_s,
    )


def budget_of(settings: Settings, spent: float) -> Budget:
    """Return a job's budget by the settings, with what its earlier attempts have spent."""
    prices = settings.documents_llm_input_price, settings.documents_llm_output_price
    return Budget(settings.documents_llm_cost_cap, *prices, spent=spent)
