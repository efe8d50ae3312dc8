"""The columns of a result: one row per date."""

from __future__ import annotations

RISKS = {"depression_risk": "depression", "hypomanic_risk": "hypomanic", "manic_risk": "mania"}
MEASURES = (
    "steps",
    "active_kcal",
    "basal_kcal",
    "distance_km",
    "flights",
    "exercise_minutes",
    "stand_minutes",
    "heart_rate_mean",
    "heart_rate_n",
    "resting_heart_rate",
    "walking_heart_rate",
    "hrv_sdnn_ms",
    "heart_rate_recovery",
)
REPORTED = ("daily_valence", "momentary_mean", "low", "high")
COLUMNS = (  # of a CSV: the first five are what every reader counts on
    "date",
    *RISKS,
    "confidence",
    "confidence_reasons",
    "notes",
    "sleep_minutes",
    "awake_minutes",
    "basis",
    "source",
    "sources",
    "long_windows",
    "short_windows",
    "window_hours_long",
    "window_hours_short",
    "local_bedtime",
    "travel_hours",
    "dlmo_h",
    "circadian_amplitude",
    *MEASURES,
    *REPORTED,
)
