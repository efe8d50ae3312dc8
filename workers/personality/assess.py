"""Fit a head and measure it on faces that its members have not seen, in good pictures and in poor ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.personality import audit, fit, measures
from workers.personality.samples import Shown, samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.personality.dataset import Rated


LEAST_PICTURES = 10  # that were spoiled in one way, to say a correlation


def assess(rated: Rated, shown: Sequence[Shown], groups: Sequence[str]) -> tuple[fit.Fitted, dict[str, Any]]:
    """Return the head and its figures by faces that its members have not seen."""
    seen = samples(shown, groups)
    fitted = fit.fit(seen, rated.traits, rated.folds(), groups)
    good = np.flatnonzero(~seen.poor)
    owners, constant = seen.owners[good], rated.traits.mean(0)
    figures = measures.figures(fitted.unseen[good], rated.traits[owners], constant=constant)
    counts = {"faces": len(owners), "pictures": len(rated.paths)}
    ways = Counter(each.way for each in shown if each.way)
    often = sorted(way for way, count in ways.items() if count >= LEAST_PICTURES)
    poor = {way: _poor(way, shown, fitted, rated) for way in often}
    audited = {name: values[owners] for name, values in rated.audited.items()}
    return fitted, {
        **counts,
        **figures,
        "coverage": measures.coverage(fitted.unseen, rated.traits[seen.owners], fitted.norms, seen),
        "spoiled": poor,
        "audit": audit.audit(fitted.unseen[good], rated.traits[owners], audited),
    }


def _poor(way: str, shown: Sequence[Shown], fitted: fit.Fitted, rated: Rated) -> float:
    """Return the mean r over the pictures that were spoiled in one way."""
    rows = [index for index, each in enumerate(shown) if each.way == way]
    traits = rated.traits[[shown[index].owner for index in rows]]
    return round(float(measures.correlations(fitted.unseen[rows], traits).mean()), 4)
