"""Add histories and results of mood"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "mood_subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mood_subjects")),
        sa.UniqueConstraint("owner", "name", name="uq_mood_subjects_owner_name"),
    )
    op.create_table(
        "mood_days",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["mood_subjects.id"],
            name=op.f("fk_mood_days_subject_id_mood_subjects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_id", "date", name=op.f("pk_mood_days")),
    )
    op.create_table(
        "mood_records",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("result", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_mood_records_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_mood_records")),
    )
    op.create_table(
        "mood_predictions",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("depression_risk", sa.Float(), nullable=True),
        sa.Column("hypomanic_risk", sa.Float(), nullable=True),
        sa.Column("manic_risk", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("row", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_mood_predictions_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_mood_predictions")),
    )
    op.create_table(
        "mood_summaries",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("summary", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_mood_summaries_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["mood_subjects.id"],
            name=op.f("fk_mood_summaries_subject_id_mood_subjects"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_mood_summaries")),
    )


def downgrade() -> None:
    for table in ("mood_summaries", "mood_predictions", "mood_records", "mood_days", "mood_subjects"):
        op.drop_table(table)
