"""Random faults under load, and a ledger of every answer: `python -m tests.chaos --seconds 300`.

Every process type is killed, told to leave and paused, and both servers are
killed and restarted, Redis also without its data, while callers ask; one fault
does not wait for another's end. Each acknowledgement is written down: a 200 with
what it said, a 202 with its id, both with what was asked. At the end everything
must be there, once, as it was said, and made of what was asked.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time

from stack.postgres import postgres
from stack.valkey import valkey
from tests.chaos.callers import Caller
from tests.chaos.ledger import DEAD, DIFFERENT, KINDS, Ledger, Report
from tests.chaos.settling import green_after_s, keep_up, settle
from tests.chaos.trouble import Trouble
from tests.servers import passable_folder
from tests.stacks import Stack, run_stack

SERVED = "accidents reviews trial"
QUICK = {
    "web_concurrency": 1,
    "stale_s": 6,
    "backoff_s": 0.5,
    "heartbeat_s": 0.5,
    "realtime_stale_s": 2,
    "canary_s": 2,
    "waiting_items": 100_000,
    "waiting_jobs": 40,  # so that what is promised can be done: beyond it callers are told to wait
    "drain_s": 5,
}


def chaos(stack: Stack, servers, *, seconds: float, seed: int, callers: int = 6) -> Report:
    """Load a stack and break it for some seconds, then count."""
    ledger, stop, calm = Ledger(), threading.Event(), threading.Event()
    stack.have(KINDS)
    stack.ready()
    keeper = threading.Thread(target=keep_up, args=(stack, ledger, stop), daemon=True)
    asking = [Caller(stack, ledger, calm, number + 1) for number in range(callers)]
    for thread in (keeper, *asking):
        thread.start()
    Trouble(stack, servers, ledger, seed).run(seconds)
    waited_s = green_after_s(stack, time.monotonic())
    calm.set()
    for thread in asking:
        thread.join(60)
    fates = settle(stack, servers[0], ledger)
    stop.set()
    keeper.join()
    return Report(
        acknowledged=len(ledger.words),
        lost=[each for each in fates if each not in {None, DEAD, DIFFERENT}],
        differently=ledger.differently + fates.count(DIFFERENT),
        dead=fates.count(DEAD),
        green_after_s=waited_s,
        told_twice=ledger.told_twice,
        faults=dict(ledger.faults),
        refused={str(key): count for key, count in ledger.refused.items()},
        broken=[*ledger.broken, *(f"{thread.name} hangs" for thread in asking if thread.is_alive())],
    )


def main() -> int:
    """Run chaos on servers and processes of its own, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.seconds:.0f} s of faults", flush=True)
    folder = passable_folder(None)
    with (
        postgres(folder / "postgres", fsync=False) as database,
        valkey(folder / "valkey") as broker,
        run_stack(folder, database.url, broker.url, "", served=SERVED, **QUICK) as stack,
    ):
        stack.migrate()
        report = chaos(stack, (database, broker), seconds=options.seconds, seed=options.seed)
    print(report)
    return 1 if report.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
