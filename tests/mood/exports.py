"""Exports that tests make: nights and steps as Apple Health and Health Auto Export write them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, time, timedelta

SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
CORE = "HKCategoryValueSleepAnalysisAsleepCore"
STEPS = "HKQuantityTypeIdentifierStepCount"
FIRST = date(2025, 1, 2)


def record(kind, start, end, value, *, source="Watch", unit=None):
    """Return one record."""
    unit = f' unit="{unit}"' if unit else ""
    return (
        f' <Record type="{kind}" sourceName="{source}" sourceVersion="10.2"{unit}'
        f' creationDate="{end:%Y-%m-%d %H:%M:%S +0000}" startDate="{start:%Y-%m-%d %H:%M:%S +0000}"'
        f' endDate="{end:%Y-%m-%d %H:%M:%S +0000}" value="{value}"/>\n'
    )


def night(day, *, hours=8.0, ends=7.0):
    """Return the record of one night's sleep that ends on a morning."""
    end = datetime.combine(day, time(), UTC) + timedelta(hours=ends)
    return record(SLEEP, end - timedelta(hours=hours), end, CORE)


def steps(day, amount, *, hour=10):
    """Return the record of an hour's steps."""
    start = datetime.combine(day, time(hour), UTC)
    return record(STEPS, start, start + timedelta(hours=1), amount, unit="count")


def export(*records, whole=True):
    """Return an export of Apple Health."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n'
    date_ = ' <ExportDate value="2026-09-30 10:00:00 +0000"/>\n'
    return (head + date_ + "".join(records) + ("</HealthData>\n" if whole else "")).encode()


def nights(amount, *, first=FIRST):
    """Return the records of nights one after another, with steps on each day."""
    days = [first + timedelta(days=number) for number in range(amount)]
    return [each for day in days for each in (night(day), steps(day, 6000 + day.day))]


def archive(content, name="apple_health_export/export.xml"):
    """Return an archive with one member."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return packed.getvalue()


def push(day, amount):
    """Return one day as Health Auto Export pushes it."""
    entry = {"date": f"{day} 10:00:00 +0000", "qty": amount, "source": "Watch"}
    slept = {
        "date": f"{day} 00:00:00 +0000",
        "totalSleep": 7.5,
        "core": 7.5,
        "sleepStart": f"{day - timedelta(days=1)} 23:00:00 +0000",
        "sleepEnd": f"{day} 06:30:00 +0000",
        "source": "Watch",
    }
    metrics = [
        {"name": "step_count", "units": "count", "data": [entry]},
        {"name": "sleep_analysis", "units": "hr", "data": [slept]},
    ]
    return json.dumps({"data": {"metrics": metrics}}).encode()
