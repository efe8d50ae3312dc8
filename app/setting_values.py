"""Which values a setting takes, and how its text becomes one."""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import Field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from click import ClickException

if TYPE_CHECKING:
    from collections.abc import Mapping

POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg2://")
REDIS = ("redis://", "rediss://", "unix://")
WORDS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}
MIN_SECRET, MIN_DISTINCT = 32, 8  # characters of SECRET_KEY, and different ones among them
PASSWORD = re.compile(r"(?<=://).*(?=@)")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?\Z")
TLS = re.compile(r"(?:^|&)sslmode=(?:require|verify-ca|verify-full)(?:&|\Z)")


class SettingError(ClickException):
    """Raised when a setting has a value with which nothing can be started; a command ends with its line."""


def parse(declared: Field[Any], text: str) -> Any:
    """Return one setting in the type of its default; raise SettingError where it is not right."""
    text = text.strip()
    if not text:
        return declared.default
    try:
        value = _PARSERS[type(declared.default)](text)
    except (ValueError, KeyError):
        value = None
    if value is None or not _is_right(value, declared.metadata):
        shown = PASSWORD.sub("...", text)[:100]
        raise SettingError(f"{declared.name.upper()} is {shown!r}; it is {_right(declared)}")
    return value


_PARSERS: Mapping[type, Any] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: WORDS[text.casefold()],
    tuple: lambda text: tuple(item.strip() for item in text.split(",") if item.strip()),
}


def _is_right(value: Any, right: Mapping[str, Any]) -> bool:
    """Say whether a value is within what its setting's declaration allows."""
    if isinstance(value, str):
        acceptable = value in right.get("one_of", (value,)) and value.startswith(right.get("begins", ""))
        return acceptable and ("begins" not in right or _has_port(value))
    if isinstance(value, int | float):
        return math.isfinite(value) and right.get("least", 0) <= value <= right.get("most", math.inf)
    return True


def _has_port(url: str) -> bool:
    """Say whether a URL's port, where it has one, is a number that a port can be."""
    try:
        return (urlsplit(url).port or 1) > 0
    except ValueError:
        return False


def _right(declared: Field[Any]) -> str:
    """Say in words which values a setting takes."""
    right = declared.metadata
    if words := right.get("one_of") or right.get("begins"):
        return ("a URL that begins with " if "begins" in right else "") + _either(words)
    if isinstance(declared.default, bool):
        return "true or false"
    kind = "a whole number" if isinstance(declared.default, int) else "a number"
    least = right.get("least", 0)
    return f"{kind} from {least} to {right['most']}" if "most" in right else f"{kind} from {least} on"


def _either(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + f" or {words[-1]}"


def sqlalchemy_url(url: str) -> str:
    """Return a database URL as SQLAlchemy wants it; Heroku says `postgres://`."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg2://" + url.removeprefix(scheme)
    return url


def check_backend(variable: str, url: str) -> None:
    """Refuse a server elsewhere that anyone on the way could read and write."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    secured = parts.scheme == "rediss" or TLS.search(parts.query) is not None
    if not host or is_loopback(host) or parts.password or secured:
        return
    raise SettingError(
        f"{variable} names {host}, which is not this machine, without a password and without TLS; "
        "put user:password@ before the host, or use rediss:// or ?sslmode=require"
    )


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
