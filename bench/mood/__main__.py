"""Print how fast exports are read: `python -m bench.mood [--mb 200] [--full]`.

Each figure is of a process of its own: megabytes per second of processor time, and the most
memory that it had. With --full also 1 GB of XML and 3.1 GB in an archive, by the clock; there
reading alone must do with MOST_RSS_MB, while a person's nights and days take what they take.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bench.mood.generate import write

if TYPE_CHECKING:
    from collections.abc import Callable

SIX = ("SLEEP", "HEART_RATE", "ACTIVE_ENERGY", "BASAL_ENERGY", "STEPS", "HRV")
MOST_RSS_MB = 64
ROW = "{:<39}{:>9}{:>12}{:>10}{:>10}"


def measure(reader: str, path: Path, kinds: str) -> None:
    """Read a file in this process and print what it took, as JSON."""
    read = _lxml(path, kinds) if reader == "lxml" else _ours(path, kinds, build=reader == "whole")
    wall, processor = time.perf_counter(), time.process_time()
    amount = read()
    figures = {
        "records": amount,
        "cpu_s": time.process_time() - processor,
        "wall_s": time.perf_counter() - wall,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(figures))


def _lxml(path: Path, kinds: str) -> Callable[[], int]:
    """Return what reads with lxml, loaded."""
    from bench.mood.lxml_reader import count  # noqa: PLC0415 - each process loads what it measures
    from workers.mood.reading.kinds import MEASURES, Kind  # noqa: PLC0415

    return partial(count, path, {MEASURES[Kind[name]].apple for name in kinds.split(",")})


def _ours(path: Path, kinds: str, *, build: bool) -> Callable[[], int]:
    """Return what reads with us, loaded."""
    from workers.mood.building.history import Options  # noqa: PLC0415
    from workers.mood.building.history import build as build_history  # noqa: PLC0415
    from workers.mood.reading.files import read_files  # noqa: PLC0415
    from workers.mood.reading.kinds import Kind  # noqa: PLC0415

    wanted = tuple(Kind) if kinds == "all" else tuple(Kind[name] for name in kinds.split(","))

    def read() -> int:
        with read_files([path], wanted=wanted) as raw:
            if build:
                build_history(raw, Options())
            return raw.collector.records

    return read


def run(label: str, reader: str, path: Path, kinds: str, *, size: int | None = None) -> float:
    """Measure in a process of its own, print a row, and return the megabytes per second."""
    command = [sys.executable, "-m", "bench.mood", "--measure", reader, "--kinds", kinds, str(path)]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    speed: float = (size or path.stat().st_size) / 1e6 / figures["cpu_s"]
    wall, rss = f"{figures['wall_s']:.1f}", f"{figures['rss_mb']:.0f}"
    click.echo(ROW.format(label, f"{speed:.0f}", figures["records"], wall, rss))
    if reader == "ours" and figures["rss_mb"] > MOST_RSS_MB:
        raise SystemExit(f"{label} took {figures['rss_mb']:.0f} MB of memory; {MOST_RSS_MB} are allowed")
    return speed


def compare(folder: Path, megabytes: float) -> None:
    """Print our speeds beside lxml's."""
    path = folder / "export.xml"
    write(path, megabytes)
    click.echo(ROW.format("", "MB/CPU-s", "records", "wall s", "RSS MB"))
    lxml = run("lxml, six types", "lxml", path, ",".join(SIX))
    ours = run("ours, six types", "ours", path, ",".join(SIX))
    lxml_sleep = run("lxml, sleep", "lxml", path, "SLEEP")
    sleep = run("ours, sleep", "ours", path, "SLEEP")
    run("ours, all types, nights and days", "whole", path, "all")
    click.echo(f"six types: {ours / lxml:.1f} times lxml; sleep: {sleep / lxml_sleep:.1f} times")
    path.unlink()


def full(folder: Path) -> None:
    """Print the times of 1 GB of XML and of 3.1 GB in an archive."""
    path = folder / "export.xml"
    write(path, 1000)
    run("1 GB, read", "ours", path, "all")
    run("1 GB, nights and days", "whole", path, "all")
    path.unlink()
    packed = folder / "export.zip"
    write(packed, 3100)
    run("3.1 GB in an archive, read", "ours", packed, "all", size=3_100_000_000)
    run("3.1 GB in an archive, nights and days", "whole", packed, "all", size=3_100_000_000)


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--mb", type=float, default=200)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--measure", choices=("lxml", "ours", "whole"))
    parser.add_argument("--kinds", default="all")
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure, arguments.path, arguments.kinds)
        return
    with TemporaryDirectory() as folder:
        compare(Path(folder), arguments.mb)
        if arguments.full:
            full(Path(folder))


if __name__ == "__main__":
    main()
