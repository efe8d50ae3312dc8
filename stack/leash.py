"""Run one command that ends with its parent: `leash.py PARENT SIGNAL UID:GID|- DELAY COMMAND...`.

A program of its own, because what it does - leaving root, asking the kernel for a signal at the parent's
death - must happen between fork and exec, where a Python with threads must not run code.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def leashed(*command: str, signame: str = "SIGTERM", account: str = "-", delay_s: float = 0.0) -> list[str]:
    """Return a command line that runs a command as an account `UID:GID`, until this thread's end."""
    return [sys.executable, "-I", __file__, str(os.getpid()), signame, account, str(delay_s), *command]


def follow_parent(parent: int, signum: signal.Signals) -> None:
    """Have the kernel send a signal to this process when its parent's thread ends; on Linux only."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked
        sys.exit(1)


def become(account: str) -> None:
    """Leave root for an account `UID:GID`, with no other group; `-` stays."""
    if account == "-":
        return
    uid, gid = (int(number) for number in account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(arguments: list[str]) -> None:
    """Become the account, follow the parent, wait, become the command."""
    parent, signame, account, delay_s, *command = arguments
    # Found before root is left: after that, even Python's own modules may be out of reach.
    program = shutil.which(command[0]) or command[0]
    become(account)  # first: the kernel forgets the parent's signal when an account changes
    follow_parent(int(parent), signal.Signals[signame])
    time.sleep(float(delay_s))
    try:
        os.execv(program, command)  # noqa: S606 - a list, without a shell
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
