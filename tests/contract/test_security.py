"""Every answer carries the headers that protect its reader, and the pages work under them."""

from __future__ import annotations

import re

import pytest

from tests.clients import ORIGIN, watched
from tests.stacks import ACCIDENT

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PATHS = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/docs/ui/swagger-ui.css",
    "/static/docs.js",
    "/api/v1/jobs",
    "/nothing",
)


def directives(answer):
    """Return a policy's sources by directive."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_protecting_headers(client, path):
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = directives(answer)
    assert policy["default-src"] == {"'none'"}
    assert policy["script-src"] == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
    assert not {"*", "'unsafe-eval'", "http:", "https:"} & set().union(*policy.values())


def test_answers_to_other_methods_have_them_too(client):
    answers = (
        client.post("/api/predict/eclo", json=ACCIDENT),
        client.post("/api/predict/eclo", json={}),
        client.delete("/healthz"),
        client.options("/api/v1/jobs"),
        client.head("/docs"),
    )
    assert [{name: answer.headers.get(name) for name in HEADERS} for answer in answers] == [HEADERS] * len(
        answers
    )


def test_no_answer_tells_the_versions_behind_it(client):
    for path in PATHS:
        server = client.get(path).headers.get("Server", "")
        assert not re.search(r"\d", server), server


def test_another_origin_may_not_call_unless_it_is_named(client):
    answer = client.get("/api/v1/jobs", headers={"Origin": ORIGIN})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "name",
    [
        "../templates/docs.html",
        "..%2f..%2fapp%2fconfig.py",
        "%2e%2e/%2e%2e/wsgi.py",
        "/etc/passwd",
        "....//wsgi.py",
        "a\\..\\b",
    ],
)
def test_no_path_leads_out_of_a_folder_of_files(client, name):
    for folder in ("/docs/ui/", "/static/"):
        assert client.get(folder + name, follow_redirects=True).status_code == 404


@pytest.fixture(scope="module")
def documents_page(running_stack, browser):
    """The page of documents as a browser shows it: drawing eighty operations takes seconds."""
    with watched(browser, f"{running_stack.url}/docs") as sight:
        sight.page.wait_for_selector(".opblock")
        yield sight


@pytest.mark.browser
def test_the_documents_page_draws_every_operation_and_asks_nobody_else(client, documents_page):
    operations = {
        (method, path)
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    base, sight = str(client.base_url), documents_page
    drawn = sight.page.eval_on_selector_all(
        ".opblock",
        "nodes => nodes.map(n => [n.querySelector('.opblock-summary-method').textContent.toLowerCase(),"
        " n.querySelector('.opblock-summary-path').dataset.path])",
    )
    assert {tuple(pair) for pair in drawn} >= {
        pair for pair in operations if not pair[1].startswith("/trial")
    }
    assert sight.page.title() == "Assay API"
    assert sight.console == []
    assert sight.violations == []
    assert sight.dialogs == []
    assert [url for url in sight.requests if not url.startswith((f"{base}/", "data:"))] == []


@pytest.mark.browser
def test_an_operation_can_be_tried_on_the_documents_page(documents_page):
    page = documents_page.page
    block = page.locator(".opblock", has=page.locator("[data-path='/api/predict/eclo']"))
    block.locator(".opblock-summary").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    block.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert documents_page.violations == []
    assert documents_page.console == []
