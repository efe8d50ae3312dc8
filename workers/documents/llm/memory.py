"""Answers of a language model that were paid: kept as each comes in, so that none is paid twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.documents.models import DocumentAnswer
from workers.documents.llm.wire import ModelConfig, Reply


@dataclass(frozen=True)
class Memory:
    """The answers of a job, and those to its owner's other jobs where it may take them."""

    engine: Engine
    job_id: UUID
    owner: str
    is_shared: bool = True

    def find(self, key: str) -> Reply | None:
        """Return an answer that was paid before."""
        mine = DocumentAnswer.job_id == self.job_id
        whose = or_(mine, DocumentAnswer.owner == self.owner) if self.is_shared else mine
        wanted = select(DocumentAnswer).where(DocumentAnswer.key == key, whose).limit(1)
        with Session(self.engine) as session:
            row = session.scalar(wanted)
            if row is None:
                return None
            answer = row.answer
            return Reply(answer["ending"], answer["content"], row.input_tokens, row.output_tokens)

    def keep(self, key: str, reply: Reply, cost: float) -> None:
        """Commit an answer."""
        row = {
            "job_id": self.job_id,
            "key": key,
            "owner": self.owner,
            "answer": json.loads(
                json.dumps({"ending": reply.ending, "content": reply.content}).replace("\\u0000", "")
            ),
            "input_tokens": reply.input_tokens,
            "output_tokens": reply.output_tokens,
            "cost": cost,
        }
        with Session(self.engine) as session:
            session.execute(insert(DocumentAnswer).values(row).on_conflict_do_nothing())
            session.commit()

    def spent(self) -> float:
        """Return what the job's earlier attempts have paid."""
        paid = select(func.coalesce(func.sum(DocumentAnswer.cost), 0.0))
        with Session(self.engine) as session:
            return float(session.scalar(paid.where(DocumentAnswer.job_id == self.job_id)) or 0.0)


def key_of(config: ModelConfig, system: str, user: str, most_tokens: int) -> str:
    """Return the digest of all that an answer depends on."""
    asked = [config.url, config.protocol, config.name, system, user, most_tokens]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
