"""Keep the turns of owners"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WAITS = "{0}.lane = 'batch' AND {0}.state IN ('received', 'queued')"
NEW_WAITS, OLD_WAITS = WAITS.format("NEW"), WAITS.format("OLD")

# Every statement of a function sees what was committed before it: a row is locked first, so that of a job
# that comes and one that goes at the same time, the later sees the other.
FUNCTIONS = """
CREATE FUNCTION job_turn_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_turns AS turn (owner, priority, system, job_id, asked_at, started_at)
  VALUES (NEW.owner, NEW.priority, NEW.system, NEW.id, NEW.created_at,
          (SELECT max(started_at) FROM jobs WHERE lane = 'batch' AND owner = NEW.owner))
  ON CONFLICT (owner, priority, system) DO UPDATE SET
    asked_at = CASE WHEN NEW.id < turn.job_id THEN NEW.created_at ELSE turn.asked_at END,
    job_id = LEAST(NEW.id, turn.job_id);
  RETURN NULL;
END $$;

CREATE FUNCTION job_turn_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head record;
BEGIN
  PERFORM 1 FROM job_turns
  WHERE owner = OLD.owner AND priority = OLD.priority AND system = OLD.system FOR UPDATE;
  SELECT id, created_at INTO head FROM jobs
  WHERE lane = 'batch' AND state IN ('received', 'queued')
    AND owner = OLD.owner AND priority = OLD.priority AND system = OLD.system
  ORDER BY id LIMIT 1;
  IF FOUND THEN
    UPDATE job_turns SET job_id = head.id, asked_at = head.created_at
    WHERE owner = OLD.owner AND priority = OLD.priority AND system = OLD.system AND job_id <> head.id;
  ELSE
    DELETE FROM job_turns WHERE owner = OLD.owner AND priority = OLD.priority AND system = OLD.system;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION job_turn_starts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_turns SET started_at = NEW.started_at
  WHERE owner = NEW.owner AND (started_at IS NULL OR started_at < NEW.started_at);
  RETURN NULL;
END $$;
"""
TRIGGERS = f"""
CREATE TRIGGER job_turn_a_enters AFTER INSERT ON jobs
  FOR EACH ROW WHEN ({NEW_WAITS}) EXECUTE FUNCTION job_turn_enters();
CREATE TRIGGER job_turn_b_enters_again AFTER UPDATE OF state ON jobs
  FOR EACH ROW WHEN ({NEW_WAITS} AND NOT ({OLD_WAITS})) EXECUTE FUNCTION job_turn_enters();
CREATE TRIGGER job_turn_c_leaves AFTER UPDATE OF state ON jobs
  FOR EACH ROW WHEN ({OLD_WAITS} AND NOT ({NEW_WAITS})) EXECUTE FUNCTION job_turn_leaves();
CREATE TRIGGER job_turn_d_goes AFTER DELETE ON jobs
  FOR EACH ROW WHEN ({OLD_WAITS}) EXECUTE FUNCTION job_turn_leaves();
CREATE TRIGGER job_turn_e_starts AFTER INSERT OR UPDATE OF started_at ON jobs
  FOR EACH ROW WHEN (NEW.lane = 'batch' AND NEW.started_at IS NOT NULL) EXECUTE FUNCTION job_turn_starts();
"""
FILL = """
INSERT INTO job_turns (owner, priority, system, job_id, asked_at, started_at)
SELECT DISTINCT ON (owner, priority, system) owner, priority, system, id, created_at,
  (SELECT max(started_at) FROM jobs AS earlier WHERE earlier.lane = 'batch' AND earlier.owner = jobs.owner)
FROM jobs WHERE lane = 'batch' AND state IN ('received', 'queued')
ORDER BY owner, priority, system, id
"""


def upgrade() -> None:
    op.create_table(
        "job_turns",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("owner", "priority", "system", name=op.f("pk_job_turns")),
    )
    order = ["system", "priority", sa.text("started_at NULLS FIRST"), "job_id"]
    op.create_index("ix_job_turns_order", "job_turns", order)
    op.create_index(
        "ix_job_turns_patient", "job_turns", ["system", "asked_at"], postgresql_where="priority > 0"
    )
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    op.execute(FILL)


def downgrade() -> None:
    for name in ("a_enters", "b_enters_again", "c_leaves", "d_goes", "e_starts"):
        op.execute(f"DROP TRIGGER job_turn_{name} ON jobs")
    for name in ("enters", "leaves", "starts"):
        op.execute(f"DROP FUNCTION job_turn_{name}()")
    op.drop_table("job_turns")
