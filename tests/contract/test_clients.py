"""A client that is generated from the OpenAPI document talks with the running stack."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import httpx
import pytest

from tests.stacks import ACCIDENT, wait_for_state

pytestmark = pytest.mark.slow("generates a client of all operations")

PACKAGE = "assay_client"
PART = "/api/v1/upload/resumable/{upload_id}"
OVERLAY = "/api/v1/personality/predictions/{prediction_id}/overlays/{file}/{face}/{trait}"


@pytest.fixture(scope="module")
def generated(running_stack, tmp_path_factory):
    """The package that openapi-python-client makes of the stack's document, and a client of the stack."""
    folder = tmp_path_factory.mktemp("generated")
    document = folder / "openapi.json"
    served = httpx.get(f"{running_stack.url}/openapi.json").json()
    served["paths"] = {path: each for path, each in served["paths"].items() if not path.startswith("/trial")}
    document.write_text(json.dumps(served))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", str(document), "--output-path", str(folder / PACKAGE)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(folder))
    client = importlib.import_module(PACKAGE).Client(base_url=running_stack.url)
    with client:
        yield client, done.stdout + done.stderr
    sys.path.remove(str(folder))


def operation(name):
    """Return the module of an operation, by `tag.name`."""
    return importlib.import_module(f"{PACKAGE}.api.{name}")


def model(name):
    return getattr(importlib.import_module(f"{PACKAGE}.models"), name)


def test_nothing_of_the_document_is_beyond_the_generator(generated):
    _, output = generated
    beyond = {
        line for line in output.splitlines() if line.startswith(("WARNING parsing", "Unable to process"))
    }
    assert beyond == {
        "WARNING parsing GET /api/v1/results/{job_id}/pages/{page} within document_results.",
        f"WARNING parsing GET {OVERLAY} within personality.",  # it reads no pictures
        f"WARNING parsing PATCH {PART} within resumable. Endpoint will not be generated.",  # nor sends a part
    }


def test_a_generated_client_predicts_in_the_readmes_words(generated):
    client, _ = generated
    accident = {**ACCIDENT, "district": "중구", "weather": "clear", "time_period": "새벽", "accident_hour": 3}
    body = model("Question").from_dict(accident)
    answer = operation("accidents.create_prediction").sync(client=client, body=body)
    assert answer.eclo > 0
    assert answer.interval.p10 <= answer.interval.p90


def test_a_generated_client_judges_a_review(generated):
    client, _ = generated
    body = model("Review")(text="The room was lovely and the staff was very kind.")
    answer = operation("reviews.create_task").sync(client=client, body=body, prefer="wait=20")
    assert answer.result.label == "positive"


def test_a_generated_client_reads_a_csv(generated, running_stack):
    client, _ = generated
    file = importlib.import_module(f"{PACKAGE}.types").File
    table = file(payload=b"n,text\n1,It is very good.\n2,It is very bad.\n", file_name="reviews.csv")
    sent = operation("uploads.upload_file").sync(
        client=client, body=model("UploadFileBody")(file=table, system="reviews")
    )
    job = operation("process.start_job").sync(client=client, body=model("Start")(upload_id=sent.upload_id))
    with running_stack.client() as plain:
        wait_for_state(plain, str(job.job_id), "succeeded")
    text = operation("results.download_results").sync(job.job_id, client=client)
    assert len(text.splitlines()) == 3
    assert "It is very bad." in text
