"""Seed one product in a process of its own, which a test kills: URL TOKEN DATABASE PRODUCT RUN LIMITS."""

from __future__ import annotations

import sys
import uuid

from sqlalchemy import create_engine

from tests.documents.conftest import tree
from workers.documents.directus.client import Directus
from workers.documents.directus.journal import Journal
from workers.documents.directus.plan import make_plan
from workers.documents.directus.rows import rows_of
from workers.documents.directus.seeding import Seeder
from workers.documents.directus.tokens import Credentials

if __name__ == "__main__":
    url, token, database, product_id, run_id, limits = sys.argv[1:]
    with Directus(url, Credentials(token)) as client:
        journal = Journal(create_engine(database), uuid.UUID(run_id), "local", product_id)
        seeder = Seeder(client, journal, report=lambda _done, _total: None)
        rows = rows_of([tree(limits=int(limits))], product_id)
        seeder.write(make_plan(seeder.items, rows, product_id))
