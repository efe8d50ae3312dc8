"""How tests ask the personality system."""

from __future__ import annotations

from tests.stacks import wait_for

PERSONALITY = "/api/v1/personality"


def predict(client, content, name="face.jpg", *, headers=None, **options):
    """Return the answer to one picture or clip; consent is given unless said otherwise."""
    data = {"consent": "true", **options}
    return client.post(
        f"{PERSONALITY}/predict",
        files={"file": (name, content)},
        data={key: value for key, value in data.items() if value is not None},
        headers=headers or {},
    )


def predict_batch(client, files, *, headers=None, **options):
    """Return the answer to some pictures, given as pairs of name and content."""
    return client.post(
        f"{PERSONALITY}/batch",
        files=[("files", (name, content)) for name, content in files],
        data={"consent": "true", **options},
        headers=headers or {},
    )


def ended(client, accepted, *, timeout_s=60):
    """Return a prediction's own answer once it has ended."""
    assert accepted.status_code in {200, 202}, accepted.text
    path = accepted.json()["links"]["self"]

    def shown():
        answer = client.get(path)
        return answer if answer.status_code != 202 else None

    return wait_for(shown, timeout_s=timeout_s, what="the prediction to end")
