"""How tests ask the reviews system: a review, or a file and its end."""

from __future__ import annotations

from tests.stacks import wait_for

TASKS = "/api/v1/reviews/tasks"
PRAISE, BLAME = "I love this camera, it is wonderful.", "Awful, it broke after two days."


def judge(client, text, **more):
    """Return the answer to one review, waited for."""
    return client.post(TASKS, json={"text": text, **more}, headers={"Prefer": "wait=10"})


def send(client, content, name="reviews.csv", headers=None, **options):
    """Return the answer to a file."""
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(f"{TASKS}/batch", files={"file": (name, data)}, data=options, headers=headers or {})


def ended(client, accepted, *, limit=500, timeout_s=60):
    """Return a file's task once it has ended."""
    assert accepted.status_code == 202, accepted.text
    path = f"{accepted.headers['Location']}?limit={limit}"

    def task_at_its_end():
        shown = client.get(path).json()
        return shown if shown["status"] in {"ready", "error"} else None

    return wait_for(task_at_its_end, timeout_s=timeout_s, what="the task to end")
