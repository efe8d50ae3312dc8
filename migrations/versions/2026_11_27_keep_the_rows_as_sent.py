"""Keep the rows of reviews as they were sent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("review_rows", sa.Column("sent", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("review_rows", "sent")
