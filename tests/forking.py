"""Workers, clocks and web processes forked from one that has imported what they import, for three to eight seconds.

A test process has two such processes, each started when it is first asked for one: gunicorn's, as gevent has
changed the standard library before anything is imported, and that of all others. What comes of the fork is
the same as of a start: its own session, environment, log and exit. Real starts are tests/stack's.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import subprocess
import sys
import threading
import time
import warnings
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOOK_S = 0.01
# What gevent changes in a web process before its modules are imported: the main process of gunicorn comes of the
# same fork, and waits and handles signals with the library as it was.
CHANGED_LATER = dict.fromkeys(("os", "signal", "queue", "select", "time"), False)


class Forked:
    """A forked process, as `subprocess` would show it."""

    def __init__(self, forker, pid):
        self._forker = forker
        self.pid = pid
        self.returncode = None

    def poll(self):
        """Return how it ended, None while it runs."""
        if self.returncode is None:
            self.returncode = self._forker.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout=None):
        """Return how it ended; raise TimeoutExpired where it does not in time."""
        until = time.monotonic() + (timeout if timeout is not None else 1e9)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(LOOK_S)
        return self.returncode


class Forker:
    """The process that forks, and the way to ask it."""

    def __init__(self, folder, kind):
        self.lock = threading.Lock()
        kept = {name: text for name, text in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking", kind],
            cwd=ROOT,
            env={
                **kept,
                "OMP_NUM_THREADS": "1",  # as workers/__main__.py says
                "PYTHONUNBUFFERED": "1",
                "PYTHONWARNINGS": "default",
                "PROMETHEUS_MULTIPROC_DIR": str(folder),  # its library looks at import whether there is one
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def ask(self, wish):
        """Send one wish, and return its answer."""
        with self.lock:
            self.process.stdin.write(json.dumps(wish) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def start(self, module, arguments, environment, log, imports):
        """Return a process that runs a module with arguments."""
        wish = {
            "module": module,
            "arguments": arguments,
            "environment": environment,
            "log": str(log),
            "imports": imports,
        }
        return Forked(self, self.ask(wish))

    def close(self):
        """End the process that forks; what it forked is ended by who asked for it."""
        self.process.communicate()


def import_workers():
    """Import what workers and clocks do."""
    import workers.__main__
    import workers.runtime.batch
    import workers.runtime.realtime  # noqa: F401 - for those that are forked


def import_web():
    """Import what web processes do, as changed by gevent."""
    from gevent import monkey

    monkey.patch_all(**CHANGED_LATER)
    warnings.filterwarnings("ignore", "Patching more than once", monkey.MonkeyPatchWarning)
    from gunicorn.app import wsgiapp  # noqa: F401 - for those that are forked

    import app.factory
    import app.server.accept_balancing
    import app.server.graceful_shutdown
    import app.telemetry.dashboard  # noqa: F401 - as above


def serve():
    """Fork as asked; return None at the end, and in a forked process what it is to become."""
    import_web() if sys.argv[1:] == ["gunicorn"] else import_workers()
    gc.freeze()  # the forked ones need not look through it again
    for line in sys.stdin:
        wish = json.loads(line)
        if "ended" in wish:
            answer = ended(wish["ended"])
        else:
            for name in wish["imports"]:
                import_module(name)
            answer = os.fork()
            if not answer:
                return wish
        print(json.dumps(answer), flush=True)
    return None


def ended(pid):
    """Return how a forked process ended, None while it runs."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def become(wish):
    """Be a process of its own from here on."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(wish["log"], os.O_WRONLY | os.O_APPEND)
    for handle, place in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(handle, place)
    os.close(nothing)
    os.close(log)
    os.environ.clear()
    os.environ.update(wish["environment"])
    sys.argv = [wish["module"], *wish["arguments"]]
    sys.modules.pop(f"{wish['module']}.__main__", None)  # what it imports is there; it is to be run once more
    runpy.run_module(wish["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    forked = serve()
    if forked is not None:
        become(forked)
