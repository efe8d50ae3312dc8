"""Add impressions of faces"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006a"


def upgrade() -> None:
    op.create_table(
        "personality_impressions",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("file", sa.SmallInteger(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_personality_impressions_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "file", name=op.f("pk_personality_impressions")),
    )
    op.create_table(
        "personality_overlays",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("file", sa.SmallInteger(), nullable=False),
        sa.Column("face", sa.SmallInteger(), nullable=False),
        sa.Column("trait", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_personality_overlays_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "file", "face", "trait", name=op.f("pk_personality_overlays")),
    )


def downgrade() -> None:
    op.drop_table("personality_overlays")
    op.drop_table("personality_impressions")
