"""One connection to a Directus: sends, waits where it is asked to, renews its token, tells faults apart."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from workers.documents.directus.faults import (
    AuthFault,
    DirectusAway,
    DirectusFault,
    PayloadTooLarge,
    Rejected,
)
from workers.documents.directus.tokens import Credentials, SessionTokens, StaticToken, Tokens

TIMEOUT_S = 60.0  # measured on a Directus 11.17: 450 nested rows in one POST take 19 s
CONNECT_S = 5.0
TRIES = 5  # of a call that Directus puts off: about 6 s in all
FIRST_PAUSE_S, MOST_PAUSE_S = 0.2, 10.0
RENEWALS = 5  # of one request's token: under load others may use up a fresh one first
BUSY = frozenset({429, 502, 503, 504})
SHOWN = 300  # characters of an answer that are told
JSON = {"Content-Type": "application/json"}


class LostAnswer(Exception):
    """Raised when a write was sent and no answer came: whether it happened must be asked."""


class Directus:
    """A Directus at a base URL; safe to use from several threads.

    What only reads, or does the same when done twice, is sent again where it fails; a POST of rows is
    not: its sender finds out first what of it has happened.
    """

    def __init__(self, url: str, credentials: Credentials, *, concurrency: int = 4) -> None:
        limits = httpx.Limits(max_connections=concurrency + 2)
        timeout = httpx.Timeout(TIMEOUT_S, connect=CONNECT_S)
        # no proxy of the environment: what is sent here is for this server alone
        self._http = httpx.Client(base_url=url, limits=limits, timeout=timeout, trust_env=False)
        self._tokens = self._tokens_of(credentials)
        self.concurrency = concurrency

    def _tokens_of(self, credentials: Credentials) -> Tokens:
        if credentials.token:
            return StaticToken(credentials.token)
        if credentials.email:
            return SessionTokens(credentials, self._send_openly)
        raise AuthFault("DIRECTUS_TOKEN, or DIRECTUS_EMAIL and DIRECTUS_PASSWORD, must be set.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """Return the `data` of a GET; a document among the parameters is sent as JSON."""
        written = {
            name: value if isinstance(value, str | int) else to_json(value) for name, value in query.items()
        }
        return self._repeated("GET", path, params=written)

    def post(self, path: str, document: Any) -> Any:
        """Return the `data` of a POST that may be sent again, such as one that only asks."""
        return self._repeated("POST", path, document=document)

    def patch(self, path: str, document: Any) -> Any:
        """Return the `data` of a PATCH."""
        return self._repeated("PATCH", path, document=document)

    def delete(self, path: str, document: Any) -> None:
        """Delete what a document names."""
        self._repeated("DELETE", path, document=document)

    def insert(self, path: str, body: bytes) -> Any:
        """Return the `data` of a POST that is sent once, but where Directus says that it did nothing.

        Raises:
            LostAnswer: it is not known whether the rows are there.

        """
        try:
            return self._repeated("POST", path, content=body, once=True)
        except httpx.TransportError as error:
            raise LostAnswer(type(error).__name__) from None

    @contextmanager
    def download(self, path: str) -> Iterator[Iterator[bytes]]:
        """Give the bytes of an asset in pieces."""
        token = self._tokens.current()
        for _ in range(RENEWALS):
            with self._http.stream("GET", path, headers=_bearer(token)) as answer:
                if answer.status_code != 401:
                    yield self._pieces(answer)
                    return
                answer.read()
            token = self._tokens.renew(token)
        raise AuthFault("Directus refused one fresh token after the other.")

    def save(self, path: str, target: Path, *, most_bytes: int) -> int:
        """Write an asset to a file and return its size.

        Raises:
            DirectusFault: it is larger than `most_bytes`.

        """
        size = 0
        try:
            with self.download(path) as pieces, target.open("wb") as file:
                for piece in pieces:
                    size += len(piece)
                    if size > most_bytes:
                        detail = f"The file has more than the {most_bytes:,} bytes that a document may have."
                        raise DirectusFault(detail, code="too_large")
                    file.write(piece)
        except httpx.TransportError as error:
            raise DirectusAway(f"Directus did not send the file: {type(error).__name__}.") from None
        return size

    def _pieces(self, answer: httpx.Response) -> Iterator[bytes]:
        if answer.is_error:
            answer.read()
            raise fault_of(answer)
        return answer.iter_bytes()

    def _send_openly(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """POST a document without a token, as a login is."""
        answer = self._until_answered("POST", path, {}, content=to_json(document).encode())
        if answer.is_error:
            raise fault_of(answer)
        answered: dict[str, Any] = answer.json()
        return answered

    def _repeated(
        self,
        method: str,
        path: str,
        *,
        document: Any = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        once: bool = False,
    ) -> Any:
        if document is not None:
            content = to_json(document).encode()
        token = self._tokens.current()
        for _ in range(RENEWALS):
            answer = self._until_answered(
                method, path, _bearer(token), content=content, params=params, once=once
            )
            if answer.status_code != 401:
                return _data_of(answer)
            token = self._tokens.renew(token)
        raise AuthFault("Directus refused one fresh token after the other.")

    def _until_answered(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        content: bytes | None,
        params: Mapping[str, Any] | None = None,
        once: bool = False,
    ) -> httpx.Response:
        """Return an answer that is none of "later"; raise DirectusAway when none comes."""
        reason = "it does not answer"
        for attempt in range(TRIES):
            pause_s = FIRST_PAUSE_S * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311 - a pause
            try:
                answer = self._http.request(
                    method, path, headers={**JSON, **headers}, content=content, params=params
                )
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                reason = type(error).__name__  # nothing was sent: safe to send again, whatever it is
            except httpx.TransportError as error:
                if once:
                    raise
                reason = type(error).__name__
            else:
                if answer.status_code not in BUSY:
                    return answer
                reason, pause_s = f"status {answer.status_code}", max(pause_s, retry_after_s(answer))
            if attempt + 1 < TRIES:
                time.sleep(min(pause_s, MOST_PAUSE_S))
        raise DirectusAway(f"Directus does not do {method} {path} ({reason}); it was asked {TRIES} times.")


def to_json(document: Any) -> str:
    """Return a document as JSON in as few bytes as may be."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def retry_after_s(answer: httpx.Response) -> float:
    """Return the seconds that an answer asks to wait, 0 where it names none."""
    pause = answer.headers.get("Retry-After", "")
    return float(pause) if pause.isdecimal() else 0.0


def _data_of(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise fault_of(answer)
    if not answer.content:
        return None
    try:
        return answer.json()["data"]
    except (ValueError, KeyError, TypeError):
        shown = answer.text[:SHOWN]
        raise DirectusFault(f"Directus answered with something that is not its JSON: {shown!r}.") from None


def fault_of(answer: httpx.Response) -> DirectusFault:
    """Return an error answer as an exception, whether it is Directus' JSON or a proxy's page."""
    try:
        first = answer.json()["errors"][0]
        reason, message = str(first["extensions"]["code"]), str(first["message"])
    except (ValueError, KeyError, IndexError, TypeError):
        reason, message = f"HTTP_{answer.status_code}", answer.text
    detail = f"Directus answered {answer.status_code} {reason}: {message[:SHOWN]}"
    kind = PayloadTooLarge if answer.status_code == 413 else Rejected
    return kind(detail, status=answer.status_code, reason=reason)
