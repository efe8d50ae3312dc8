"""Assay on one machine: PostgreSQL, Valkey and every process of the Procfile, kept running."""
