"""Which files of ours one prediction and one file of reviews meet: `python -m tests.one_request` prints them.

It runs as a process of its own over the servers that its environment names: the client's threads would
outlive a test. Each is asked once before, so that what a process loads or remembers at first is not met again.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path

from sqlalchemy.orm import Session

from app import create_app
from app.accidents.severity.schemas import EXAMPLE
from app.config import Settings
from app.extensions import db
from app.jobs.queue import rq
from app.model_versions import selection
from workers.run import WORKER, perform
from workers.runtime.batch import BatchWorker
from workers.runtime.realtime import RealtimeWorker

ROOT = Path(__file__).parent.parent
REVIEWS = b"text\nI love this camera, it is wonderful.\nAwful, it broke after two days.\n"


class Notes:
    """The files whose functions are called while something is done, in any thread that began after this."""

    def __init__(self):
        self.files = None
        self.others = set()  # idents of threads that do something else
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def _note(self, frame, event, _argument):
        if self.files is not None and event == "call" and threading.get_ident() not in self.others:
            self.files.add(frame.f_code.co_filename)

    def of(self, act, *arguments, alone=False):
        """Return the files that an act meets; `alone` leaves out those of threads that run already."""
        running = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
        self.others = running if alone else set()
        self.files, files = set(), set()
        try:
            act(*arguments)
        finally:
            files, self.files = self.files, None
        return files


def ours(met):
    """Return the names of those files that are of app or workers."""
    paths = [Path(name) for name in met if name.startswith(str(ROOT))]
    names = sorted(path.relative_to(ROOT).as_posix() for path in paths)
    return [name for name in names if name.startswith(("app/", "workers/"))]


def predict(app, worker):
    """Ask for one prediction, and have this process's worker answer it."""
    answers = []

    def ask():
        answers.append(app.test_client().post("/api/predict/eclo", json=EXAMPLE).status_code)

    caller = threading.Thread(target=ask)
    caller.start()
    while caller.is_alive():
        worker.step()
    assert answers == [200]


def process(app, worker):
    """Upload a file of reviews, start its job, and do it in this process as a forked child would."""
    client = app.test_client()
    sent = {"file": (io.BytesIO(REVIEWS), "reviews.csv"), "system": "reviews"}
    upload = client.post("/api/v1/upload/file", data=sent).json
    wish = {"upload_id": upload["upload_id"], "options": {}}
    job_id = client.post("/api/v1/process/start", json=wish).json["job_id"]
    worker.freed = True
    job = worker.take()
    assert str(job.id) == job_id
    os.environ[WORKER] = worker.name
    perform(job_id)
    with Session(db.engine) as session:
        assert session.get(type(job), job.id).state == "succeeded"


def main():
    """Print the files that a prediction meets, and those that a file meets."""
    notes = Notes()
    app = create_app(Settings.read())
    with app.app_context():
        served = {
            name: tuple(share.version for share in selection.live(name)) for name in ("accidents", "reviews")
        }
        realtime = RealtimeWorker([rq.REALTIME_QUEUE], served)
        batch = BatchWorker(rq.batch_queue_names(), served)
        met = {}
        for act, worker in ((predict, realtime), (process, batch)):
            act(app, worker)
            # the realtime client's threads wake now and then, whatever is asked
            met[act.__name__] = notes.of(act, app, worker, alone=act is process)
    print(json.dumps({name: ours(files) for name, files in met.items()}))
    sys.stdout.flush()
    os._exit(0)  # the client's threads wait for what does not come


if __name__ == "__main__":
    main()
