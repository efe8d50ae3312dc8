"""Every setting is documented for whoever runs the service, and nothing that is no setting is."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from app.config import SettingError, Settings
from tests.contract.sources import ROOT
from tests.house import SECRET

ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
LINE = re.compile(r"^#? ?([A-Z0-9_]+)=(.*)$", re.MULTILINE)


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


def test_the_readme_has_every_setting_with_its_default_and_its_text_and_nothing_else():
    assert table() == [(f.name.upper(), shown(f.default), f.metadata["text"]) for f in fields(Settings)]


def test_the_example_of_an_environment_has_every_setting_and_nothing_else():
    assert set(example()) == {f.name.upper() for f in fields(Settings)}


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_each_setting_is_read_from_its_variable(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    default = next(f.default for f in fields(Settings) if f.name == name)
    other = "false" if default is True else "true" if default is False else "7"
    monkeypatch.setenv(name.upper(), other)
    value = getattr(Settings.read(), name)
    expected = {bool: default is False, int: 7, float: 7.0, str: "7", tuple: ("7",)}[type(default)]
    assert value == expected
    assert type(value) is type(default)


def test_a_setting_of_the_wrong_form_is_refused_by_its_name(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIES", "many")
    with pytest.raises(SettingError, match="TRIES"):
        Settings.read()


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_a_database_url_is_taken_as_hosting_services_write_it(url, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    assert Settings.read().database_url == "postgresql+psycopg2://u:p@h/d"


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
