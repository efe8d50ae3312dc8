"""The 13 types of record that are read, their units, and the values of sleep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# energy and length by definition: the thermochemical calorie is 4.184 J, the mile 1,609.344 m
ENERGY = {"kcal": 1.0, "Cal": 1.0, "kJ": 1 / 4.184, "cal": 0.001, "J": 1 / 4184}
LENGTH = {"km": 1.0, "m": 0.001, "mi": 1.609344, "ft": 0.0003048, "yd": 0.0009144, "cm": 1e-5}
MINUTES = {"min": 1.0, "hr": 60.0, "h": 60.0, "s": 1 / 60, "ms": 1 / 60_000}
RATE = {"count/min": 1.0, "bpm": 1.0, "count/s": 60.0, "Hz": 60.0}
MILLISECONDS = {"ms": 1.0, "s": 1000.0}
COUNT = {"count": 1.0, "steps": 1.0, "": 1.0}


class Kind(IntEnum):
    """What a record measures."""

    SLEEP = 1
    STEPS = 2
    ACTIVE_ENERGY = 3
    BASAL_ENERGY = 4
    DISTANCE = 5
    FLIGHTS = 6
    EXERCISE = 7
    STAND = 8
    HEART_RATE = 9
    RESTING_HEART_RATE = 10
    WALKING_HEART_RATE = 11
    HRV = 12
    HEART_RATE_RECOVERY = 13


class Sleep(IntEnum):
    """What a sleep record says."""

    IN_BED = 0
    AWAKE = 1
    UNSPECIFIED = 2
    CORE = 3
    DEEP = 4
    REM = 5


@dataclass(frozen=True)
class Measure:
    """How a kind is called by Apple and by Health Auto Export, and the factor of each unit it may have."""

    apple: str
    auto_export: str
    units: Mapping[str, float]


MEASURES: Mapping[Kind, Measure] = {
    Kind.SLEEP: Measure("HKCategoryTypeIdentifierSleepAnalysis", "sleep_analysis", {}),
    Kind.STEPS: Measure("HKQuantityTypeIdentifierStepCount", "step_count", COUNT),
    Kind.ACTIVE_ENERGY: Measure("HKQuantityTypeIdentifierActiveEnergyBurned", "active_energy", ENERGY),
    Kind.BASAL_ENERGY: Measure("HKQuantityTypeIdentifierBasalEnergyBurned", "basal_energy_burned", ENERGY),
    Kind.DISTANCE: Measure(
        "HKQuantityTypeIdentifierDistanceWalkingRunning", "walking_running_distance", LENGTH
    ),
    Kind.FLIGHTS: Measure("HKQuantityTypeIdentifierFlightsClimbed", "flights_climbed", COUNT),
    Kind.EXERCISE: Measure("HKQuantityTypeIdentifierAppleExerciseTime", "apple_exercise_time", MINUTES),
    Kind.STAND: Measure("HKQuantityTypeIdentifierAppleStandTime", "apple_stand_time", MINUTES),
    Kind.HEART_RATE: Measure("HKQuantityTypeIdentifierHeartRate", "heart_rate", RATE),
    Kind.RESTING_HEART_RATE: Measure("HKQuantityTypeIdentifierRestingHeartRate", "resting_heart_rate", RATE),
    Kind.WALKING_HEART_RATE: Measure(
        "HKQuantityTypeIdentifierWalkingHeartRateAverage", "walking_heart_rate_average", RATE
    ),
    Kind.HRV: Measure(
        "HKQuantityTypeIdentifierHeartRateVariabilitySDNN", "heart_rate_variability", MILLISECONDS
    ),
    Kind.HEART_RATE_RECOVERY: Measure(
        "HKQuantityTypeIdentifierHeartRateRecoveryOneMinute", "cardio_recovery", RATE
    ),
}
SUMS = (
    Kind.STEPS,
    Kind.ACTIVE_ENERGY,
    Kind.BASAL_ENERGY,
    Kind.DISTANCE,
    Kind.FLIGHTS,
    Kind.EXERCISE,
    Kind.STAND,
)
MEANS = (
    Kind.HEART_RATE,
    Kind.RESTING_HEART_RATE,
    Kind.WALKING_HEART_RATE,
    Kind.HRV,
    Kind.HEART_RATE_RECOVERY,
)
LASTS = frozenset({Kind.SLEEP, *SUMS})  # of these a record of no length says nothing

APPLE_SLEEP = {
    f"HKCategoryValueSleepAnalysis{name}": value
    for name, value in {
        "InBed": Sleep.IN_BED,
        "Awake": Sleep.AWAKE,
        "Asleep": Sleep.UNSPECIFIED,
        "AsleepUnspecified": Sleep.UNSPECIFIED,
        "AsleepCore": Sleep.CORE,
        "AsleepDeep": Sleep.DEEP,
        "AsleepREM": Sleep.REM,
    }.items()
}


def find_kind(apple: str) -> Kind | None:
    """Return the kind of Apple's type, None where it is not read."""
    return _BY_APPLE.get(apple)


_BY_APPLE = {measure.apple: kind for kind, measure in MEASURES.items()}
