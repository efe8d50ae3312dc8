"""Many pictures through one real worker: none hangs, and its memory does not grow.

The stack's processes are started without OMP_NUM_THREADS, and the worker's threads must not keep a child waiting.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.personality.asking import predict
from tests.personality.test_api import picture

PICTURES, WARM = 150, 30
GROWN_KB = 50_000
LONGEST_S = 10  # of one picture: a child that hangs takes as long as its job may


def resident_kb(stack) -> int:
    """Return the memory of the batch lane's workers, which hold the model and fork for each picture."""
    lines = [
        line
        for worker in stack.of("batch")
        for line in Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmRSS:")
    ]
    return sum(int(line.split()[1]) for line in lines)


@pytest.mark.slow("judges a hundred and fifty pictures")
def test_many_pictures_hang_nowhere_and_leave_nothing_behind(client, running_stack):
    assert "OMP_NUM_THREADS" not in running_stack.environment()
    sizes = []
    for number in range(PICTURES):
        wait = {"Prefer": f"wait={LONGEST_S}"}
        answer = predict(client, picture(1000 + number), "a.png", method="face+middle", headers=wait)
        assert answer.status_code == 200, (number, answer.text)
        sizes.append(resident_kb(running_stack))
    assert sizes[-1] <= sizes[WARM] + GROWN_KB
