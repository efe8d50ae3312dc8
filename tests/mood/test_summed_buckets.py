"""Sums that an app exports by day and by hour are one walk."""

from __future__ import annotations

import json

from workers.mood.analysis import analyse, read_options


def steps(path, *entries):
    data = [
        {"date": f"2025-03-01 {time} +0100", "qty": amount, "source": "iPhone"} for time, amount in entries
    ]
    path.write_text(
        json.dumps({"data": {"metrics": [{"name": "step_count", "units": "count", "data": data}]}})
    )
    return path


def steps_of(*paths):
    return [row["steps"] for row in analyse(paths, read_options({})).rows]


def test_a_day_exported_by_hours_too_is_counted_once(tmp_path):
    day = steps(tmp_path / "day.json", ("00:00:00", 5000))
    hours = steps(tmp_path / "hours.json", ("10:00:00", 3000), ("15:00:00", 2000))
    assert steps_of(day, hours) == steps_of(hours, day) == [5000]


def test_of_a_day_and_its_hours_the_fuller_counts(tmp_path):
    day = steps(tmp_path / "day.json", ("00:00:00", 5000))
    some = steps(tmp_path / "some.json", ("10:00:00", 3000))
    more = steps(tmp_path / "more.json", ("10:00:00", 3000), ("15:00:00", 4000))
    assert steps_of(day, some) == [5000]
    assert steps_of(day, more) == [7000]
