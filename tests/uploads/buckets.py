"""Two servers that speak S3, since each alone lets something wrong pass: moto's, and npm's s3rver."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from stack.servers import free_port
from tests.stacks import ROOT, wait_for

S3RVER = "3.7.1"
KEYS = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER", "AWS_DEFAULT_REGION": "us-east-1"}
SERVERS = ("moto", pytest.param("s3rver", marks=pytest.mark.slow("asks a second server the same")))


def s3rver():
    """Return the command of s3rver, installed once beside the local servers' data."""
    folder = ROOT / "var" / f"s3rver-{S3RVER}"
    command = folder / "node_modules" / ".bin" / "s3rver"
    if not shutil.which("npm"):
        pytest.skip("npm is not installed, and s3rver comes with it; moto's server is tried all the same")
    if not command.exists():
        fresh = folder.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"s3rver@{S3RVER}"]
        subprocess.run(install, cwd=fresh, check=True, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return [str(command), "--silent", "--address", "127.0.0.1"]


@contextmanager
def server(name, folder: Path):
    """Run one of both; give its URL and its process. What it is asked is in the folder's file `log`."""
    port = free_port()
    if name == "moto":
        command = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    else:
        command = [*s3rver(), "--port", str(port), "--directory", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait()


def client(url):
    """Return a client of a server, beside ours."""
    from botocore.config import Config

    return boto3.session.Session(
        KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1"
    ).client(
        "s3",
        endpoint_url=url,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def make_bucket(url, name):
    """Make a bucket as soon as the server answers."""

    def made():
        try:
            return client(url).create_bucket(Bucket=name)
        except Exception:
            return None

    wait_for(made, what=f"a bucket at {url}")
