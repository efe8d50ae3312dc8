"""The service's own access token: static, or logged in and refreshed by one request at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from workers.documents.directus.faults import AuthFault, Rejected

Send = Callable[[str, dict[str, Any]], dict[str, Any]]  # POST a document to a path, without a token


@dataclass(frozen=True)
class Credentials:
    """What the settings say: a static token, or e-mail and password of a service user."""

    token: str = field(default="", repr=False)
    email: str = ""
    password: str = field(default="", repr=False)


class Tokens(Protocol):
    """Where requests get their access token from."""

    def current(self) -> str:
        """Return the token to send."""

    def renew(self, refused: str) -> str:
        """Return another token than one that was refused as expired."""


@dataclass(frozen=True)
class StaticToken:
    """A service token that does not expire."""

    token: str = field(repr=False)

    def current(self) -> str:
        """Return the token."""
        return self.token

    def renew(self, refused: str) -> str:  # noqa: ARG002 - there is no other
        """Raise AuthFault: there is no other token to try."""
        raise AuthFault("Directus refuses DIRECTUS_TOKEN; it is not, or no longer, a user's static token.")


class SessionTokens:
    """Tokens of a login; of many requests that meet an expired one, the first renews it for all.

    Directus' refresh tokens are good for one use (directus/directus#18928), so two renewals at once
    would lock each other out.
    """

    def __init__(self, credentials: Credentials, send: Send) -> None:
        self._credentials, self._send = credentials, send
        self._lock = threading.Lock()
        self._access = self._refresh = ""

    def current(self) -> str:
        """Return the token to send; log in where there is none yet."""
        with self._lock:
            return self._access or self._log_in()

    def renew(self, refused: str) -> str:
        """Return another token than the refused one, by one refresh for all who wait.

        Raises:
            AuthFault: neither the refresh token nor the credentials are accepted.

        """
        with self._lock:
            if self._access != refused:
                return self._access or self._log_in()
            try:
                return self._keep(self._send("/auth/refresh", self._refreshing()))
            except Rejected:
                return self._log_in()

    def _refreshing(self) -> dict[str, Any]:
        return {"refresh_token": self._refresh, "mode": "json"}

    def _log_in(self) -> str:
        sent = {"email": self._credentials.email, "password": self._credentials.password}
        self._access = self._refresh = ""
        try:
            return self._keep(self._send("/auth/login", sent))
        except Rejected as error:
            raise AuthFault(
                f"Directus refuses the login of {self._credentials.email!r} ({error.reason}); "
                "DIRECTUS_EMAIL and DIRECTUS_PASSWORD must be those of a user."
            ) from None

    def _keep(self, answer: dict[str, Any]) -> str:
        data = answer["data"]
        self._access, self._refresh = data["access_token"], data["refresh_token"]
        return self._access
