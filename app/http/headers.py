"""Headers that every answer carries, and bodies that no route reads."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import gevent
from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from app.extensions import settings
from app.http.errors import BadRequest, LengthRequired, RequestTimeout, UnsupportedType
from app.http.fields import MOST_SHOWN

if TYPE_CHECKING:
    from app.config import Settings

MAX_DEPTH = 20
MAX_MEMBERS = 5000  # of one object
MAX_VALUES = 50_000  # of a body, by its commas and brackets: more would hold up every other request
MAX_DIGITS = 300
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _refuse_constant(name: str) -> Any:
    raise BadRequest(f"The body holds {name}, which is not JSON; send a finite number or null.")


def _finite(text: str) -> float:
    """Return a number; one beyond what a float holds is refused, Python would read infinity."""
    number = float(text)
    if math.isinf(number):
        raise BadRequest(f"The body holds {text[:40]}, which is too large a number.")
    return number


def _whole(text: str) -> int:
    """Return a whole number; Python would refuse one of thousands of digits in words of its own."""
    if len(text) > MAX_DIGITS:
        raise BadRequest(f"The body holds a whole number of {len(text)} digits; {MAX_DIGITS} are allowed.")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's pairs as a dict; a key given twice is refused."""
    if len(pairs) > MAX_MEMBERS:
        raise BadRequest(f"The body has an object of {len(pairs)} members; {MAX_MEMBERS} are allowed.")
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise BadRequest(f"The body names {twice[:MOST_SHOWN]!r} twice in one object; name it once.")
    return members


def _depth(value: Any, left: int = MAX_DEPTH) -> None:
    """Refuse a document nested deeper than any route needs."""
    if left < 0:
        raise BadRequest(f"The body is nested too deeply; {MAX_DEPTH} levels are allowed.")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        if isinstance(item, dict | list):
            _depth(item, left - 1)


def _refuse_many(text: str) -> None:
    """Refuse a document of more values than any route needs, before it is parsed."""
    values = text.count(",") + text.count("{") + text.count("[")
    if values > MAX_VALUES:
        raise BadRequest(f"The body has {values} commas and brackets; {MAX_VALUES} are allowed.")


def _decoded(body: str | bytes) -> str:
    """Return a body as text that a database can keep and an answer can repeat."""
    text = body if isinstance(body, str) else body.decode("utf-8")
    _refuse_many(text)
    if "\\u0000" in text and NUL.search(text):  # the pattern alone takes 50 ms for a megabyte without one
        raise BadRequest("The body holds the character U+0000, which cannot be stored; leave it out.")
    return text


class StrictJson(DefaultJSONProvider):
    """JSON as RFC 8259 has it: UTF-8, no NaN, no key twice, no half of a character, no bottomless nesting."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse a document; raise BadRequest where it is JSON only to Python."""
        kwargs |= {"object_pairs_hook": _unique, "parse_constant": _refuse_constant}
        kwargs |= {"parse_float": _finite, "parse_int": _whole}
        try:
            text = _decoded(s)
            document = super().loads(text, **kwargs)
            _depth(document)
            if SURROGATE.search(text):
                self.dumps(document).encode()
        except RecursionError:
            raise BadRequest(f"The body is nested too deeply; {MAX_DEPTH} levels are allowed.") from None
        except UnicodeError:
            raise BadRequest("The body is not UTF-8, or holds half of a surrogate pair.") from None
        except ValueError as error:
            raise BadRequest(f"The body is not JSON: {error}.") from None
        return document


def _refuse_unmeasured() -> None:
    """Refuse bodies whose size cannot be known before they are read: compressed ones, and chunked ones.

    Of a chunked body, Werkzeug would hand over as much as is allowed and drop the rest in silence.
    """
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        raise LengthRequired("The body does not say how long it is; send Content-Length.")
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in {"", "identity"}:
        raise UnsupportedType(f"Content-Encoding {encoding!r} is not accepted; send the body as it is.")


def _read_in_time() -> None:
    """Read a JSON body under one deadline: one byte every two seconds would hold its request for ever.

    Uploads stream; each has a deadline by its length where it is read.
    """
    if not request.is_json or not request.content_length:
        return
    limit_s = settings().json_body_s
    late = RequestTimeout(f"The body did not come within {limit_s:g} s; send it at once.")
    with gevent.Timeout(limit_s, late):
        request.get_data()


def _secure(response: Response) -> Response:
    """Add the security headers; a page that needs another policy has set its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def init_app(app: Flask) -> None:
    """Secure an app's answers and what it reads."""
    config = cast("Settings", app.config["SETTINGS"])
    app.json = StrictJson(app)
    app.config["MAX_CONTENT_LENGTH"] = config.json_body_bytes
    app.before_request(_refuse_unmeasured)
    app.after_request(_secure)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def read_bodies_in_time(app: Flask) -> None:
    """Read JSON bodies under a deadline, after the caller is known to be allowed to send one."""
    app.before_request(_read_in_time)
