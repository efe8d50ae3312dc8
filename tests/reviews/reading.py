"""How tests read files of reviews."""

from __future__ import annotations

from workers.reviews.reading import rows
from workers.reviews.reading.input_row import Wanted


def read(path, **options):
    """Return a file's rows."""
    with rows.opened(path, Wanted(**options)) as file:
        return list(file.rows)


def texts(path, **options):
    """Return the texts of a file's rows, None where there is an error."""
    return [row.text for row in read(path, **options)]


def reading(path, **options):
    """Return what of a file is read."""
    with rows.opened(path, Wanted(**options)) as file:
        return file.reading
