"""An export of Apple Health of any size: `python -m bench.mood.generate OUT.xml --mb 1000`.

Records stand as Apple writes them, kind by kind and in order of time, some with children.
"""

from __future__ import annotations

import argparse
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n'
    "<!-- HealthKit Export Version: 14 -->\n<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>\n]>\n"
    '<HealthData locale="en_GB">\n <ExportDate value="2026-09-30 10:00:00 +0200"/>\n'
    ' <Me HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>\n'
)
QUANTITY, CATEGORY = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
SLEEP = CATEGORY + "SleepAnalysis"
# (type, unit, minutes between two, first value): shares near those of a watch that is worn for years
KINDS = (
    (QUANTITY + "HeartRate", "count/min", 5, 58),
    (QUANTITY + "ActiveEnergyBurned", "kcal", 6, 1),
    (QUANTITY + "BasalEnergyBurned", "kcal", 12, 14),
    (QUANTITY + "StepCount", "count", 15, 30),
    (QUANTITY + "HeartRateVariabilitySDNN", "ms", 240, 30),
    (QUANTITY + "PhysicalEffort", "kcal/hr·kg", 10, 1),
)
SOURCE = "Mia\u2019s Apple Watch"
STAGES = ("Core", "Deep", "Core", "REM", "Core", "REM")
STAGE_MIN = 20
LAST = date(2026, 9, 29)
DEVICE = (
    "&lt;&lt;HKDevice: 0x3{address:08x}&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, "
    "hardware:Watch6,7, software:10.2&gt;"
)
TIMES = tuple(f"{minute // 60:02}:{minute % 60:02}:{minute % 60:02} +0200" for minute in range(1440))
NAMELESS = {QUANTITY + "StepCount"}  # as some apps write them, without a device
SAMPLE_DAYS = 200  # of which the size of a day is taken


def records(kind: tuple[str, str, int, int], days: int) -> Iterator[str]:
    """Yield the records of one kind, day after day up to the last."""
    name, unit, minutes, least = kind
    for number in range(days):
        day = f"{LAST - timedelta(days=days - 1 - number)}"
        device = "" if name in NAMELESS else f' device="{DEVICE.format(address=number * 7919)}"'
        head = (
            f' <Record type="{name}" sourceName="{SOURCE}" sourceVersion="10.2"{device}'
            f' unit="{unit}" creationDate="{day} '
        )
        yield "".join(
            f'{head}{TIMES[minute]}" startDate="{day} {TIMES[minute]}"'
            f' endDate="{day} {TIMES[minute + minutes - 1]}" value="{least + (minute * 7 + number) % 90}"/>\n'
            for minute in range(0, 1440 - minutes, minutes)
        )


def sleep(days: int) -> Iterator[str]:
    """Yield the stages of each night, with the time zone as a child of every record."""
    for number in range(days):
        day = f"{LAST - timedelta(days=days - 1 - number)}"
        named = f' <Record type="{SLEEP}" sourceName="{SOURCE}" sourceVersion="10.2"'
        head = f'{named} creationDate="{day} {TIMES[420]}" startDate="{day} '
        yield "".join(
            f'{head}{TIMES[minute]}" endDate="{day} {TIMES[minute + STAGE_MIN]}"'
            f' value="HKCategoryValueSleepAnalysisAsleep{STAGES[minute // STAGE_MIN % len(STAGES)]}">\n'
            '  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>\n </Record>\n'
            for minute in range(0, STAGE_MIN * len(STAGES) * 4 - STAGE_MIN, STAGE_MIN)
        )


def export(days: int) -> Iterator[str]:
    """Yield an export of so many days in pieces."""
    yield HEAD
    yield from sleep(days)
    for kind in KINDS:
        yield from records(kind, days)
    yield "</HealthData>\n"


def days_of(megabytes: float) -> int:
    """Return how many days make an export of a size."""
    sample = sum(len(piece.encode()) for piece in export(SAMPLE_DAYS))
    return max(1, round(megabytes * 1e6 * SAMPLE_DAYS / sample))


def write(out: Path, megabytes: float) -> None:
    """Write an export, into an archive where the name ends on .zip."""
    days = days_of(megabytes)
    if out.suffix != ".zip":
        with out.open("w", encoding="utf-8") as stream:
            stream.writelines(export(days))
        return
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("apple_health_export/export.xml", "w", force_zip64=True) as member,
    ):
        for piece in export(days):
            member.write(piece.encode())


def main() -> None:
    """Write the export that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mb", type=float, default=1000)
    arguments = parser.parse_args()
    write(arguments.out, arguments.mb)


if __name__ == "__main__":
    main()
