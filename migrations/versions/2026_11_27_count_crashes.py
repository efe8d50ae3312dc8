"""Count crashes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "crash_counts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crash_counts")),
    )
    op.create_index(op.f("ix_crash_counts_counted_at"), "crash_counts", ["counted_at"], unique=False)
    op.create_index(op.f("ix_crash_counts_worker"), "crash_counts", ["worker"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_crash_counts_worker"), table_name="crash_counts")
    op.drop_index(op.f("ix_crash_counts_counted_at"), table_name="crash_counts")
    op.drop_table("crash_counts")
