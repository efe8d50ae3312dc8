"""What an episode does to sleep, phase and steps, each effect with where it comes from.

Directions are those of the sources. Sizes are theirs where a source has one, else chosen: they are
the middle of what actigraphy studies report, and no simulated figure is a validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

EPISODES = ("depression", "hypomania", "mania")


@dataclass(frozen=True)
class Effect:
    """One episode at its full strength.

    `share` of all days; `days` its mean length; `sleep_h`, `phase_h` (later is positive) and
    `log_steps` are added; `uneven` multiplies the SD of sleep. `hypersomnia` is the share of
    episodes with `more_sleep_h` added instead.
    """

    share: float
    days: float
    sleep_h: float
    phase_h: float
    log_steps: float
    uneven: float
    hypersomnia: float = 0.0
    more_sleep_h: float = 0.0


EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        # Shares of days: Lim et al. 2024, doi 10.1038/s41746-024-01333-z.
        # Phase: Moon et al. 2016, doi 10.1016/j.ebiom.2016.08.019 (mania earlier, depression later; Lim the
        # same, hypomania in between and not monotone). Here as the sleep that drives the pacemaker.
        # Sleep: Bauer et al. 2006, doi 10.1111/j.1399-5618.2006.00294.x (changes of over 3 h precede);
        # Gruber et al. 2011, doi 10.1016/j.jad.2011.05.016 (shorter with mania, uneven with both).
        # Steps: Scott et al. 2017, doi 10.1001/jamapsychiatry.2016.3459 (activation); sizes chosen.
        "depression": Effect(
            share=0.1233,
            days=35,
            sleep_h=-0.8,
            phase_h=1.3,
            log_steps=-0.45,
            uneven=1.3,
            hypersomnia=0.5,
            more_sleep_h=1.3,
        ),
        "hypomania": Effect(share=0.0257, days=8, sleep_h=-1.2, phase_h=-0.3, log_steps=0.25, uneven=1.2),
        "mania": Effect(share=0.0063, days=16, sleep_h=-2.8, phase_h=-1.6, log_steps=0.4, uneven=1.5),
    }
)

# Traits. Short sleepers have more mood elevation: Gruber et al. 2009, doi 10.1016/j.jad.2008.06.028
# (32 % of 2,024 patients slept short), and in 2011 prospectively. The size is chosen.
ELEVATION_SLEEP_H = -0.6  # hours of usual sleep for one SD of proneness to (hypo)mania
ELEVATION_UNEVEN = 0.2  # in the logarithm of the nightly SD, for the same (Gruber et al. 2011)
PRONENESS = 0.9  # in the logarithm of the rate of episodes, for one SD
