"""Index keys by job, lists by system, files by job, and what has expired"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006a"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_idempotency_keys_job_id", "idempotency_keys", ["job_id"])
    op.create_index("ix_jobs_owner_system", "jobs", ["owner", "system", "id"])
    op.create_index(
        "ix_jobs_uploads",
        "jobs",
        [sa.text("(input -> 'upload_ids')")],
        postgresql_using="gin",
        postgresql_where="input ? 'upload_ids'",
    )
    op.create_index(
        "ix_jobs_expired_at", "jobs", ["expires_at"], postgresql_where=sa.text("state = 'expired'")
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_expired_at", "jobs")
    op.drop_index("ix_jobs_uploads", "jobs")
    op.drop_index("ix_jobs_owner_system", "jobs")
    op.drop_index("ix_idempotency_keys_job_id", "idempotency_keys")
