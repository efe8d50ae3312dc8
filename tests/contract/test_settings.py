"""Every setting is documented for whoever runs the service, and nothing that is no setting is."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from app.config import Settings
from app.setting_values import SettingError
from app.systems import load
from stack import procfile
from stack.servers import free_port
from tests.contract.sources import ROOT
from tests.stacks import SECRET, Stack, status_of, wait_for

ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
LINE = re.compile(r"^#? ?([A-Z0-9_]+)=(.*)$", re.MULTILINE)
SAID = re.compile(r"((?:^# .*\n)+)^# ([A-Z0-9_]+)=(.*)$", re.MULTILINE)


def shown(default):
    """Return a default as the README writes it."""
    text = (
        ",".join(default)
        if isinstance(default, tuple)
        else str(default).lower()
        if isinstance(default, bool)
        else default
    )
    return f"`{text}`" if text != "" else ""


def table():
    """Return the rows of the README's table of settings."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return ROW.findall(text[text.index("## Configuration") :].split("\n## ")[0])


def example():
    """Return the names and values of `.env.example`, those that are commented out included."""
    return dict(LINE.findall((ROOT / ".env.example").read_text(encoding="utf-8")))


OLDER = "CELERY_BROKER_URL"  # read in place of REDIS_URL; not a setting of its own


def test_the_readme_has_every_setting_with_its_default_and_its_text_and_nothing_else():
    rows = [row for row in table() if row[0] != OLDER]
    assert rows == [(f.name.upper(), shown(f.default), f.metadata["text"]) for f in fields(Settings)]
    assert [row[0] for row in table()].index(OLDER) == [row[0] for row in table()].index("REDIS_URL") + 1


def test_the_example_of_an_environment_has_every_setting_and_nothing_else():
    assert set(example()) == {f.name.upper() for f in fields(Settings)} | {OLDER}


def test_the_example_of_an_environment_says_of_each_setting_what_the_readme_says():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = {name: (about.replace("\n# ", " ")[2:], value) for about, name, value in SAID.findall(text)}
    for declared in fields(Settings):
        about, value = documented[declared.name.upper()]
        assert about.casefold().startswith(declared.metadata["text"].casefold())
        assert value == shown(declared.default).strip("`")


@pytest.fixture
def root(monkeypatch, tmp_path):
    """An empty project's folder, in a process without any variable of ours, elsewhere."""
    for name in (*(f.name.upper() for f in fields(Settings)), OLDER):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "project"


def another(declared):
    """Return a value that a setting may have and that is not its default, as text."""
    right = declared.metadata
    if "one_of" in right:
        return next(word for word in right["one_of"] if word != declared.default)
    if "begins" in right:
        return f"{right['begins'][-1]}there"
    return (
        {True: "false", False: "true"}.get(declared.default, "9")
        if isinstance(declared.default, bool)
        else "9"
    )


@pytest.mark.parametrize("declared", fields(Settings), ids=lambda declared: declared.name)
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_each_setting_is_read_from_its_variable(declared, place, root, monkeypatch):
    text = another(declared)
    if place == "environment":
        monkeypatch.setenv(declared.name.upper(), text)
    else:
        (root / ".env").write_text(f"{declared.name.upper()}={text}\n", encoding="utf-8")
    value = getattr(Settings.read(root), declared.name)
    kind = type(declared.default)
    assert value == {bool: declared.default is False, int: 9, float: 9.0, str: text, tuple: ("9",)}[kind]
    assert value != declared.default
    assert type(value) is kind


def test_a_variable_counts_before_the_files_line(root, monkeypatch):
    (root / ".env").write_text("PORT=8001\nTRIES=5\nREDIS_URL=redis://file\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "8002")
    monkeypatch.setenv(OLDER, "redis://older")
    settings = Settings.read(root)
    assert (settings.port, settings.tries, settings.redis_url) == (8002, 5, "redis://older")
    monkeypatch.setenv("REDIS_URL", "redis://newer")
    assert Settings.read(root).redis_url == "redis://newer"


@pytest.mark.parametrize("declared", fields(Settings), ids=lambda declared: declared.name)
def test_an_empty_variable_counts_as_not_set(declared, root, monkeypatch):
    monkeypatch.setenv(declared.name.upper(), " ")
    assert getattr(Settings.read(root), declared.name) == getattr(Settings.of({}), declared.name)


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("TRIES", "many", "a whole number from 1 on"),
        ("TRIES", "0", "a whole number from 1 on"),
        ("TRIES", "-1", "a whole number from 1 on"),
        ("TRIES", "1.5", "a whole number from 1 on"),
        ("WAITING_ITEMS", "-1", "a whole number from 1 on"),
        ("REALTIME_BATCH", "0", "a whole number from 1 on"),
        ("WAIT_S", "-0.1", "a number from 0 on"),
        ("WAIT_S", "nan", "a number from 0 on"),
        ("WAIT_S", "inf", "a number from 0 on"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("WEB_CONCURRENCY", "0", "a whole number from 1 on"),
        ("LOG_LEVEL", "verbose", "DEBUG, INFO, WARNING or ERROR"),
        ("AUTH_MODE", "foo", "open or keys"),
        ("DOCS_ENABLED", "perhaps", "true or false"),
        ("DATABASE_URL", "foo", "a URL that begins with postgresql://"),
        ("DATABASE_URL", "mysql://x", "a URL that begins with postgresql://"),
        ("DATABASE_URL", "postgresql://h:port/d", "a URL that begins with postgresql://"),
        ("REDIS_URL", "http://x", "a URL that begins with redis://"),
        ("STORAGE_URL", "/var/files", "a URL that begins with file:// or s3://"),
    ],
)
def test_a_value_that_is_not_right_is_refused_with_what_is(name, value, right, root, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=name) as refused:
        Settings.read(root)
    assert str(refused.value).startswith(f"{name} is {value!r}; it is {right}")


def test_a_refused_url_does_not_show_its_password(root, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://user:hidden@host/d")
    with pytest.raises(SettingError, match=r"mysql://\.\.\.@host/d") as refused:
        Settings.read(root)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_a_database_url_is_taken_as_hosting_services_write_it(url, root, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    assert Settings.read(root).database_url == "postgresql+psycopg2://u:p@h/d"


@pytest.mark.parametrize("name", ["foo:BAR", "foo", "tests.trial:NOTHING", ":X"])
def test_a_system_that_cannot_be_loaded_is_refused(name):
    with pytest.raises(SettingError, match="EXTRA_SYSTEMS has"):
        load((name,))


@pytest.fixture
def project(root):
    """A project's folder with the code of this one, and a `.env` that would let anyone in."""
    for name in ("app", "workers", "stack", "wsgi.py", "gunicorn.conf.py", "Procfile"):
        (root / name).symlink_to(ROOT / name)
    (root / ".env").write_text("HOST=0.0.0.0\nAUTH_MODE=open\n", encoding="utf-8")
    return root


@pytest.mark.parametrize("name", ["web", "dashboard", "realtime", "clock"])
def test_every_command_of_the_procfile_reads_the_projects_file(name, project):
    command = procfile.read(project / "Procfile")[name]
    done = subprocess.run(
        ["sh", "-c", f"exec {command}"],
        cwd=project,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: AUTH_MODE=open would let anyone in at HOST=0.0.0.0")
    assert "Traceback" not in done.stderr


def test_gunicorn_serves_where_the_projects_file_says(project, postgres_server, valkey_server, tmp_path):
    port = free_port()
    (project / ".env").write_text(f"PORT={port}\nWEB_CONCURRENCY=1\nAUTH_MODE=keys\n", encoding="utf-8")
    given = Stack(tmp_path, postgres_server.url, valkey_server.url).environment()
    for name in ("PORT", "WEB_CONCURRENCY", "AUTH_MODE", "PYTHONPATH", "EXTRA_SYSTEMS"):
        del given[name]
    command = [Path(sys.executable).parent / "gunicorn", "wsgi:app"]
    with subprocess.Popen(
        command, cwd=project, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as web:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
                wait_for(lambda: status_of(client, "/healthz") == 200, what="healthz")
                assert client.get("/api/v1/jobs").status_code == 401
        finally:
            web.terminate()
            output = web.communicate()[0].decode()
    assert output.count("Booting worker") == 1


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"auth_mode": "open", "host": "0.0.0.0", "secret_key": SECRET}, "AUTH_MODE"),
        ({"auth_mode": "open", "host": "example.org", "secret_key": SECRET}, "AUTH_MODE"),
        ({"auth_mode": "anyone", "secret_key": SECRET}, "AUTH_MODE"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"auth_mode": "keys", "host": "0.0.0.0", "secret_key": "x" * 31}, "SECRET_KEY"),
    ],
)
def test_a_server_is_not_started_with_unsafe_settings(settings, word):
    with pytest.raises(SettingError, match=word):
        Settings(**settings).check_serving()


@pytest.mark.parametrize(
    "settings",
    [
        {"auth_mode": "open", "host": "127.0.0.1"},
        {"auth_mode": "open", "host": "localhost"},
        {"auth_mode": "open", "host": "::1"},
        {"auth_mode": "keys", "host": "0.0.0.0"},
    ],
)
def test_a_server_is_started_with_safe_settings(settings):
    Settings(secret_key=SECRET, **settings).check_serving()
