"""Widen the progress of jobs: several files of a gigabyte have more bytes than an integer counts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
COLUMNS = ("processed", "total")


def upgrade() -> None:
    for name in COLUMNS:
        op.alter_column("jobs", name, type_=sa.BigInteger(), existing_type=sa.Integer())


def downgrade() -> None:
    most = 2**31 - 1
    for name in COLUMNS:
        op.execute(f"UPDATE jobs SET {name} = {most} WHERE {name} > {most}")  # noqa: S608 - our own words
        op.alter_column("jobs", name, type_=sa.Integer(), existing_type=sa.BigInteger())
