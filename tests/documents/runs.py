"""Runs against a Directus, at its own URL or a proxy's."""

from __future__ import annotations

import uuid

import pytest

from workers.documents.directus.client import Directus
from workers.documents.directus.journal import Journal
from workers.documents.directus.plan import SEEDED, make_plan
from workers.documents.directus.removal import Remover, everywhere
from workers.documents.directus.rows import rows_of
from workers.documents.directus.seeding import Seeder
from workers.documents.directus.tokens import Credentials


class Run:
    """One run against a Directus, at its own URL or a proxy's."""

    def __init__(self, engine, directus, url=None, credentials=None, run_id=None):
        self.client = Directus(url or directus.url, credentials or Credentials(directus.token))
        self.journal = Journal(engine, run_id or uuid.uuid4(), "local", directus.product_id)
        self.reports = []
        self.seeder = Seeder(self.client, self.journal, report=lambda *counts: self.reports.append(counts))

    def seed(self, *documents):
        rows = rows_of(documents, self.journal.product_id)
        plan = make_plan(self.seeder.items, rows, self.journal.product_id)
        self.seeder.write(plan)
        return plan

    def close(self):
        self.client.__exit__(None, None, None)

    def clean(self):
        mine = {"_and": [SEEDED, {"dcm_product": {"_eq": self.journal.product_id}}]}
        return Remover(self.seeder.items).remove(everywhere(mine)).summary()


@pytest.fixture
def run(engine, directus):
    made = []

    def make(**more):
        made.append(Run(engine, directus, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()
