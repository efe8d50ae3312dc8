"""The garbage collector, told what stays."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def gc_paused() -> Iterator[None]:
    """Collect nothing meanwhile: rounds that find nothing take a fifth of the time that loading takes."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def freeze_heap() -> None:
    """Leave what is loaded out of the collector's rounds, and make them fewer.

    Looking all of it through again stops everybody in a process for a tenth of a second, and
    makes a forked child copy it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
