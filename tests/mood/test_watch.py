"""`flask watch`: each export that arrives in a folder is read once, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.mood.exports import FIRST, export, nights, push
from tests.servers import ask as ask_database
from tests.stacks import wait_for

CONFIG = """
watch_directories:
  - path: {folder}/json
    patterns: ["*.json"]
    recursive: false
  - path: {folder}/apple
    patterns: ["export.xml"]
    recursive: true

processing:
  debounce_seconds: 0.3
  batch_size: 10
  auto_process: true
"""


class Watcher:
    """The command as a process of its own, and the jobs that it started."""

    def __init__(self, folder, stack, server):
        self.folder, self.stack, self.server = folder, stack, server
        self.started = []
        (folder / "json").mkdir()
        (folder / "apple").mkdir()
        (folder / "watcher.yaml").write_text(CONFIG.format(folder=folder))

    def start(self):
        """Start it, and wait until it watches."""
        process = self.stack.start("watch", "-c", str(self.folder / "watcher.yaml"))
        self.started.append(process)
        wait_for(lambda: "watch_ready" in process.log.read_text())

    def kill(self):
        """End it without a word."""
        for process in self.started:
            process.kill()

    def log(self, event):
        """Return how often something was logged."""
        return sum(process.log.read_text().count(event) for process in self.started)

    def jobs(self):
        """Return how many jobs were made of the folder's files."""
        subjects = f"options->>'subject' LIKE '%{self.folder.name}%'"
        return ask_database(self.server, f"SELECT count(*) FROM jobs WHERE {subjects}")[0][0]


@pytest.fixture
def watcher(tmp_path, running_stack, postgres_server):
    made = Watcher(tmp_path, running_stack, postgres_server)
    yield made
    made.kill()


def test_every_content_is_read_once(watcher):
    apple, waiting = watcher.folder / "apple", watcher.folder / "json"
    (waiting / "before.json").write_bytes(push(FIRST, 987_654))
    watcher.start()
    wait_for(lambda: watcher.jobs() == 1)  # it came while nobody watched
    monday = export(*nights(3), f"<!-- {watcher.folder} -->")
    friday = export(*nights(3, first=FIRST + timedelta(days=10)), f"<!-- {watcher.folder} -->")
    assert len(monday) == len(friday)
    (apple / "export.xml").write_bytes(monday)
    wait_for(lambda: watcher.jobs() == 2)
    (apple / "export.xml").write_bytes(friday)  # the same name and size, other content
    wait_for(lambda: watcher.jobs() == 3)
    (apple / "copy").mkdir()
    (apple / "copy" / "export.xml").write_bytes(monday)
    wait_for(lambda: watcher.log("watch_duplicate") == 1)
    (apple / "other.xml").write_bytes(export(*nights(1)))  # no pattern
    (apple / "linked").mkdir()
    (apple / "linked" / "export.xml").symlink_to(apple / "other.xml")
    (waiting / "picture.json").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    wait_for(lambda: watcher.log("watch_refused") == 1)
    part = watcher.folder / "apple" / "export.xml.tmp"
    part.write_bytes(export(*nights(5), f"<!-- {watcher.folder} -->"))
    part.rename(apple / "export.xml")
    wait_for(lambda: watcher.jobs() == 4)
    watcher.kill()
    moved = watcher.folder / "elsewhere"
    moved.mkdir()
    (moved / "export.xml").write_bytes(export(*nights(6), f"<!-- {watcher.folder} -->"))
    watcher.start()
    wait_for(lambda: watcher.log("watch_duplicate") >= 4)  # all that is there is known
    moved.rename(apple / "moved")
    wait_for(lambda: watcher.jobs() == 5)


def test_a_file_that_says_too_little_is_refused_by_name(tmp_path, app):
    config = tmp_path / "watcher.yaml"
    config.write_text("watch_directories:\n  - patterns: ['*.json']\n")
    done = app.test_cli_runner().invoke(args=["watch", "-c", str(config)])
    assert done.exit_code == 1
    assert "path" in done.stderr
