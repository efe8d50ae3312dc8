"""Let a revoked name be used again"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_constraint(op.f("uq_api_keys_name"), "api_keys", type_="unique")
    op.create_index(
        "uq_api_keys_live_name", "api_keys", ["name"], unique=True, postgresql_where="revoked_at IS NULL"
    )


def downgrade() -> None:
    # Of several keys of one name only the newest keeps it; the others are revoked.
    op.execute(
        "UPDATE api_keys AS old SET name = old.name || ' (' || old.id || ')' WHERE EXISTS "
        "(SELECT 1 FROM api_keys AS new WHERE new.name = old.name "
        "AND (new.created_at, new.id) > (old.created_at, old.id))"
    )
    op.drop_index("uq_api_keys_live_name", table_name="api_keys", postgresql_where="revoked_at IS NULL")
    op.create_unique_constraint(op.f("uq_api_keys_name"), "api_keys", ["name"])
