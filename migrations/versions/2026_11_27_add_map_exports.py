"""Add map exports"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "map_exports",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("dataset_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("page", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_map_exports_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_map_exports")),
    )
    op.create_index("ix_map_exports_dataset_ids", "map_exports", ["dataset_ids"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("map_exports")
