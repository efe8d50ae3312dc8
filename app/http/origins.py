"""Which hosts are served, and which origins may change something: a page elsewhere must not speak for us.

Without keys everyone is `local`, so that a web page whose name is made to point at this machine (DNS
rebinding) could read and start jobs; and any page can have a browser send a form here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Flask, request

from app.http.errors import Forbidden, Misdirected

if TYPE_CHECKING:
    from app.config import Settings

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110, 9.2.1
MOST_SHOWN = 80


def trusted_hosts(settings: Settings) -> tuple[str, ...]:
    """Return the host names that are served; none stands for all of them, where keys are asked for."""
    if settings.trusted_hosts or settings.auth_mode == "keys":
        return settings.trusted_hosts
    return (*LOOPBACK, f"[{settings.host}]" if ":" in settings.host else settings.host)


def name_of(host: str) -> str:
    """Return a Host header's name in lower case, without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name.rstrip(".") if colon and port.isdecimal() else host.lower().rstrip(".")


def is_trusted(name: str, hosts: tuple[str, ...]) -> bool:
    """Say whether a name is one of some hosts, or below one that begins with a dot."""
    return any(name == host or (host.startswith(".") and name.endswith(host)) for host in hosts)


def init_app(app: Flask) -> None:
    """Serve the trusted hosts alone, and refuse what a page of another origin asks without a key."""
    settings = cast("Settings", app.config["SETTINGS"])
    hosts = tuple(dict.fromkeys(host.lower() for host in trusted_hosts(settings)))
    origins = frozenset(settings.cors_origins)

    @app.before_request
    def refuse_other_hosts() -> None:
        if hosts and not is_trusted(name_of(request.host), hosts):
            raise Misdirected(
                f"The host {request.host[:MOST_SHOWN]!r} is not served here; "
                f"{', '.join(hosts)} is. TRUSTED_HOSTS names further ones."
            )

    @app.before_request
    def refuse_other_origins() -> None:
        if request.method in SAFE or "Authorization" in request.headers:
            return
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "").lower()
        foreign = origin is not None and origin not in origins and urlsplit(origin).netloc != request.host
        if foreign or (site == "cross-site" and origin not in origins):
            page = "another site" if origin is None else repr(origin)
            raise Forbidden(
                f"A page of {page[:MOST_SHOWN]} may not change anything here without a key; "
                "send the request from this origin, or with `Authorization: Bearer <api key>`.",
                code="foreign_origin",
            )
