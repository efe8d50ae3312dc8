"""The images, compose and heroku.yml cannot be built here; what can be held against the project is."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from stack import procfile

ROOT = Path(__file__).parents[2]
PROCFILE = procfile.read(ROOT / "Procfile")
RUNNING = {name: command for name, command in PROCFILE.items() if name != procfile.RELEASE}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def heroku():
    return yaml.safe_load((ROOT / "heroku.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile():
    return (ROOT / "Dockerfile").read_text()


def stages(text: str) -> set[str]:
    return set(re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE))


def test_compose_runs_what_the_procfile_runs(compose):
    commands = {name: service.get("command") for name, service in compose["services"].items()}
    assert {name: commands.get(name) for name in RUNNING} == RUNNING
    assert commands["migrate"] == PROCFILE["release"]


def test_heroku_runs_what_the_procfile_runs(heroku):
    commands = {
        name: run if isinstance(run, str) else " ".join(run["command"]) for name, run in heroku["run"].items()
    }
    assert commands == RUNNING
    assert heroku["release"]["command"] == [PROCFILE["release"]]


def test_every_image_that_is_named_is_built(compose, heroku, dockerfile):
    services = compose["services"].values()
    built = {service["image"]: service["build"]["target"] for service in services if "build" in service}
    assert {service["image"] for service in services if service["image"].startswith("assay-")} == set(built)
    images = heroku["build"]["docker"]
    targets = {image["target"] for image in images.values()} | set(built.values())
    assert targets <= stages(dockerfile)
    used = {run["image"] for run in heroku["run"].values() if isinstance(run, dict)} | {
        heroku["release"]["image"]
    }
    assert used <= set(images)


def test_workers_run_in_the_image_with_torch(compose):
    images = {name: service["image"] for name, service in compose["services"].items()}
    workers = {name for name, command in RUNNING.items() if command.startswith("python -m workers")}
    assert {images[name] for name in workers} == {"assay-worker"}
    assert {images[name] for name in RUNNING.keys() - workers} == {"assay-web"}


def test_everything_the_images_copy_exists_and_is_not_ignored(dockerfile):
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in shlex.split(line)[:-1]
    }
    assert {source for source in sources if not (ROOT / source).exists()} == set()
    assert sources == allowed


def test_images_do_not_run_as_root(dockerfile):
    for final in ("web", "worker"):
        stage = dockerfile.split(f" AS {final}\n")[1].split("\nFROM ")[0]
        assert "USER assay" in stage


def test_secrets_have_no_default_in_compose(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if name.endswith(("PASSWORD", "SECRET_KEY", "_URL")):
                assert ":?" in value, f"{name} has a default: {value}"


def test_what_else_stands_in_the_file_of_settings_reaches_every_process(compose):
    for name in (*RUNNING, "migrate"):
        service = compose["services"][name]
        assert service["env_file"] == [{"path": ".env", "required": False}]
        fixed = {key: service["environment"][key] for key in ("HOST", "PORT", "DASHBOARD_PORT", "AUTH_MODE")}
        assert fixed == {"HOST": "0.0.0.0", "PORT": "8000", "DASHBOARD_PORT": "9181", "AUTH_MODE": "keys"}


def test_what_serves_comes_to_the_database_as_a_role_that_owns_nothing(compose):
    services = compose["services"]
    urls = {name: each.get("environment", {}).get("DATABASE_URL", "") for name, each in services.items()}
    owners = {name for name, url in urls.items() if "//assay:" in url}
    assert owners == {"migrate", "role"}
    assert all("//assay_run:" in urls[name] for name in RUNNING)
    assert services["role"]["command"] == "flask runtime-role assay_run"


def test_the_ports_that_are_published_are_those_inside(compose):
    inside = compose["services"]["web"]["environment"]
    for name, variable in (("web", "PORT"), ("dashboard", "DASHBOARD_PORT")):
        (published,) = compose["services"][name]["ports"]
        assert published.endswith(f":{inside[variable]}")


def test_make_help_lists_every_command():
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    output = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.findall(r"^  make (\S+)", output.stdout, re.MULTILINE) == phony.split()


def test_make_says_which_python_it_needs(tmp_path):
    (tmp_path / "Makefile").symlink_to(ROOT / "Makefile")
    for name in ("requirements.txt", "constraints.txt"):
        (tmp_path / name).touch()
    (tmp_path / "bin").mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        too_old = tmp_path / "bin" / name
        too_old.write_text("#!/bin/sh\nexit 1\n")
        too_old.chmod(0o755)
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    output = subprocess.run(
        ["make", "install"], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert output.returncode == 2
    assert "Assay needs Python 3.11 or newer" in output.stderr
    assert "Traceback" not in output.stderr
