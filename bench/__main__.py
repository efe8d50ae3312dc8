"""`python -m bench`: compare the rates of 64 and of 1,000 connections on a running Assay."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.accidents.severity.schemas import EXAMPLE

SCRIPT = Path(__file__).parent / "eclo.lua"
FEW, MANY = 64, 1000
TIMEOUT_S = 10
FALL = 0.2  # share by which the rate of many connections may be below that of few


@dataclass(frozen=True)
class Round:
    """What wrk counted in one round."""

    connections: int
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def rate(self) -> float:
        """Return the answers per second."""
        return self.requests / self.seconds


def main() -> int:
    """Run rounds in turn, print them, and return 1 when there was an error or the rate fell too far."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
    parser.add_argument("--seconds", type=int, default=30, help="of each round")
    parser.add_argument("--rounds", type=int, default=2, help="of each number of connections")
    options = parser.parse_args()
    program = shutil.which("wrk")
    if program is None:
        sys.exit("bench: it needs wrk; on Debian and Ubuntu: apt install wrk, else https://github.com/wg/wrk")
    run(program, options.url, MANY, seconds=5)  # what is made at first use is made here
    turns = [FEW, MANY] * options.rounds
    rounds = [run(program, options.url, connections, seconds=options.seconds) for connections in turns]
    say("\n".join(table(rounds)))
    summary = verdict(rounds)
    say(summary or "No error, and the rate stays.")
    return 1 if summary else 0


def say(text: str) -> None:
    """Write to the terminal."""
    print(text, flush=True)  # noqa: T201 - the terminal is what this is for


def run(program: str, url: str, connections: int, *, seconds: int) -> Round:
    """Return what one round of wrk counts; end with its words where it cannot run."""
    options = [f"-c{connections}", "-t1", f"-d{seconds}s", f"--timeout={TIMEOUT_S}s", f"-s{SCRIPT}"]
    command = [program, *options, f"{url}/api/predict/eclo", "--", json.dumps(EXAMPLE, ensure_ascii=False)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        sys.exit(
            f"bench: {(done.stderr or done.stdout).strip()}\nbench: does Assay run? `make run` starts it"
        )
    return Round(connections, **json.loads(last))


def table(rounds: list[Round]) -> list[str]:
    """Return the lines of all rounds in their order."""
    head = "connections    req/s   p50 ms   p99 ms   errors"
    return [
        head,
        *(
            f"{r.connections:11,} {r.rate:8,.0f} {r.p50_ms:8,.0f} {r.p99_ms:8,.0f} {r.errors:8,}"
            for r in rounds
        ),
    ]


def verdict(rounds: list[Round]) -> str:
    """Return what must not be, as a sentence; nothing where all is well."""
    errors = sum(r.errors for r in rounds)
    if errors or not all(r.requests for r in rounds):
        return f"{errors} requests were not answered rightly within {TIMEOUT_S} s, or none was answered."
    few, many = (statistics.mean(r.rate for r in rounds if r.connections == c) for c in (FEW, MANY))
    if many < few * (1 - FALL):
        return (
            f"{MANY:,} connections get {many:,.0f} answers a second, {FEW} get {few:,.0f}: over a fifth less."
        )
    return ""


if __name__ == "__main__":
    sys.exit(main())
