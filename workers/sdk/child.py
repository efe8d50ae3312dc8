"""The child process of one batch job: its limits, and the parent's watch over it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workers.sdk.failures import JobTimeout

if TYPE_CHECKING:
    from types import FrameType

MB = 1024 * 1024
PR_SET_PDEATHSIG = 1  # prctl(2)
GRACE_S = 5  # how long a child that ran out of time gets to say so itself
PAGE = resource.getpagesize()


def limit(*, timeout_s: int, memory_mb: int) -> None:
    """Bound this process: its time, its CPU time, and the data that it may add to what it inherited.

    RLIMIT_DATA and not RLIMIT_AS: libraries map far more than they use.
    """
    die_with_parent()
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.setitimer(signal.ITIMER_REAL, timeout_s, 1.0)  # again each second: one may be swallowed
    resource.setrlimit(resource.RLIMIT_CPU, (timeout_s + GRACE_S, timeout_s + 2 * GRACE_S))
    limit_memory(memory_mb + 64)  # the parent's watch speaks first
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_memory(memory_mb: int) -> None:
    """Bound the data that this process may add to what it inherited, within any bound it has already."""
    data = _status_kb("VmData") * 1024 + memory_mb * MB
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = data if hard == resource.RLIM_INFINITY else min(data, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def die_with_parent() -> None:
    """Have this process killed with the one that forked it: no orphan stays at work."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _time_is_up(_number: int, _frame: FrameType | None) -> None:
    raise JobTimeout


def _status_kb(name: str) -> int:
    """Return one figure of this process's own status, in KiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


@dataclass
class Child:
    """A running child, as its parent sees it; `base_mb` is what it shares with the parent."""

    pid: int
    base_mb: int
    started: float
    peak_mb: int = 0
    status: int | None = None

    @classmethod
    def of(cls, pid: int) -> Child:
        """Return a child that was just forked."""
        return cls(pid, resident_mb(os.getpid()), time.monotonic())

    @property
    def age_s(self) -> float:
        """Return the seconds since the fork."""
        return time.monotonic() - self.started

    def ended(self) -> bool:
        """Say whether the child is gone, and take its exit status."""
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.status = status
        return self.status is not None

    def used_mb(self) -> int:
        """Return what the child, and what it forked, use beyond its parent's memory; remember the most."""
        used = [resident_mb(pid) - self.base_mb for pid in (self.pid, *forked_by(self.pid))]
        self.peak_mb = max(self.peak_mb, sum(each for each in used if each > 0))
        return self.peak_mb

    def kill(self) -> None:
        """End the child and all that it started, and wait for it."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            try:
                os.kill(self.pid, signal.SIGKILL)  # killed before it had a group of its own
            except ProcessLookupError:
                return
        while not self.ended():
            time.sleep(0.01)

    @property
    def signal_name(self) -> str:
        """Return the signal that ended the child, or its exit code."""
        if self.status is None:
            return "running"
        if os.WIFSIGNALED(self.status):
            return signal.Signals(os.WTERMSIG(self.status)).name
        return f"exit {os.waitstatus_to_exitcode(self.status)}"


def own_peak_mb() -> int:
    """Return the most memory that this child has used beyond its parent's, as its parent would say."""
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return max(most_mb - resident_mb(os.getppid()), 0)


def forked_by(pid: int) -> list[int]:
    """Return the processes that a process's main thread has forked."""
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()))
    except (FileNotFoundError, ProcessLookupError):
        return []


def resident_mb(pid: int) -> int:
    """Return a process's resident memory in MB, 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0
    return pages * PAGE // MB
