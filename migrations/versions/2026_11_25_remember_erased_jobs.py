"""Remember erased jobs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "erased_jobs",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_erased_jobs")),
    )
    op.create_index(op.f("ix_erased_jobs_erased_at"), "erased_jobs", ["erased_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_erased_jobs_erased_at"), table_name="erased_jobs")
    op.drop_table("erased_jobs")
