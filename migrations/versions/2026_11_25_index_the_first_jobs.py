"""Index the first jobs of owners"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index(
        "ix_jobs_claimable",
        "jobs",
        ["owner", "priority", "system", "id"],
        unique=False,
        postgresql_where="lane = 'batch' AND state IN ('received', 'queued')",
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_claimable", table_name="jobs")
