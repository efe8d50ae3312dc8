"""Clients of the running stack with and without keys, and a browser."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import sync_playwright

from stack.servers import free_port
from tests.stacks import TLS, status_of, wait_for

ORIGIN = "https://console.example"
CHROMIUM = "/usr/bin/chromium"


def job_of(answer):
    """Return the id of the job that an accepted request made."""
    assert answer.status_code == 202, answer.text
    return (
        answer.json().get("batch_id")
        or answer.json().get("prediction_id")
        or answer.json().get("task_id")
        or answer.json()["id"]
    )


@dataclass
class KeyedWeb:
    """A process of the stack that is asked with keys."""

    url: str
    keys: dict

    def client(self, name="", **headers):
        """Return an HTTP client with somebody's key, or with none."""
        if name:
            headers["Authorization"] = f"Bearer {self.keys[name]}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=TLS)


@pytest.fixture(scope="session")
def keys(running_stack):
    """Keys of two users and an admin."""
    return running_stack.make_keys(alice="user", bob="user", root="admin")


@pytest.fixture(scope="session")
def keyed_web(running_stack, keys):
    """A web process of the same stack that asks for keys, and lets one other origin call."""
    running_stack.start("web", auth_mode="keys", web_concurrency=1, cors_origins=ORIGIN)
    return opened(f"http://127.0.0.1:{running_stack.ports[-1]}", keys, "/healthz")


@pytest.fixture(scope="session")
def caching_web(running_stack):
    """A web process of the same stack that gives answers again, which the others do not."""
    running_stack.start("web", web_concurrency=1, cache_ttl_s=3600)
    return opened(f"http://127.0.0.1:{running_stack.ports[-1]}", {}, "/healthz")


@pytest.fixture(scope="session")
def dashboard(running_stack, keys):
    """The dashboard's process, asking for keys."""
    port = free_port()
    running_stack.start("dashboard", auth_mode="keys", dashboard_port=port)
    return opened(f"http://127.0.0.1:{port}", keys, "/rq/")


def opened(url, keys, path):
    """Return a web process with keys once it answers at a path."""
    web = KeyedWeb(url, keys)
    with web.client() as client:
        wait_for(lambda: status_of(client, path), timeout_s=60, what=url)
    return web


@pytest.fixture
def alice(keyed_web):
    with keyed_web.client("alice") as client:
        yield client


@pytest.fixture
def bob(keyed_web):
    with keyed_web.client("bob") as client:
        yield client


@pytest.fixture
def admin(keyed_web):
    with keyed_web.client("root") as client:
        yield client


@pytest.fixture
def anybody(keyed_web):
    with keyed_web.client() as client:
        yield client


@dataclass
class Sight:
    """What a browser did beside drawing the page."""

    page: object
    console: list
    dialogs: list
    requests: list
    violations: list


@pytest.fixture(scope="module")
def browser():
    """A real browser, for a module: it runs an event loop, which others must not find; only outside CI may there be none."""
    if not shutil.which(CHROMIUM) and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@contextmanager
def watched(browser, url, **context):
    """Open a page and watch its console, its dialogs, its requests and what its policy forbids."""
    with browser.new_context(**context) as opened_context:
        page = opened_context.new_page()
        sight = Sight(page, [], [], [], [])
        page.on(
            "console", lambda message: sight.console.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: sight.console.append(str(error)))
        page.on("dialog", lambda dialog: (sight.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: sight.requests.append(request.url))
        page.expose_function("tell_violation", lambda text: sight.violations.append(text))  # noqa: PLW0108
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => tell_violation(e.violatedDirective + ' ' + e.blockedURI))"
        )
        page.goto(url, wait_until="networkidle")
        yield sight
