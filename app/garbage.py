"""The garbage collector, told what stays."""

from __future__ import annotations

import gc


def keep_what_is_loaded() -> None:
    """Leave what is loaded out of the collector's rounds, and make them fewer.

    Looking all of it through again stops everybody in a process for a tenth of a second, and
    makes a forked child copy it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
