"""The job: one row in PostgreSQL from its acceptance to its end."""
