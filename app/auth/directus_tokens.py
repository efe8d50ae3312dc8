"""Directus' own access tokens as a way to say who one is: HS256 and nothing else, after RFC 8725."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from flask import request

from app.auth.principals import Principal
from app.extensions import settings
from app.http.errors import Forbidden, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

ISSUER = "directus"
REQUIRED = ("exp", "iat", "id", "iss")
LEEWAY_S = 10
MOST_CHARACTERS = 4096
SECRET_BYTES = 32  # of HS256's key at least, RFC 7518, 3.2
HINT = "send `Authorization: Bearer <access token of Directus>`"


def is_jwt(token: str) -> bool:
    """Say whether a token has the form of a JWT, which no API key has."""
    return token.count(".") == 2  # noqa: PLR2004 - header, claims, signature


def demand_directus_token() -> tuple[Principal, str]:
    """Return who sends the current request by his Directus token, and the token itself.

    Raises:
        Unauthorized: there is no token, or none that is valid.
        Forbidden: it is valid and gives no right here.

    """
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise Unauthorized(f"An access token of Directus is needed; {HINT}.")
    return principal_of(sent.token), sent.token


def principal_of(token: str) -> Principal:
    """Return whom a Directus token stands for."""
    claims = _claims_of(token)
    try:
        user = UUID(claims["id"])
    except (ValueError, TypeError, AttributeError):
        _refuse("its `id` is not a user's")
    if "share" in claims:
        raise Forbidden("A share's token gives no right here; a user's is needed.")
    if not (claims.get("admin_access") is True or claims.get("app_access") is True):
        raise Forbidden("The token's user has no access to Directus' app; the role needs `app_access`.")
    return Principal(f"directus:{user}", "user")


def _claims_of(token: str) -> Mapping[str, Any]:
    """Return a token's claims; whatever its header says, it is read with one algorithm and one key."""
    import jwt  # noqa: PLC0415 - it brings a library of ciphers, which no process needs to start

    secret = settings().directus_secret
    if len(secret.encode()) < SECRET_BYTES:
        _refuse("this service has no DIRECTUS_SECRET to check it with")
    if len(token) > MOST_CHARACTERS:
        _refuse(f"it has more than {MOST_CHARACTERS} characters")
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            issuer=ISSUER,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED)},
        )
    except jwt.ExpiredSignatureError:
        _refuse("it has expired; refresh it")
    except (jwt.PyJWTError, ValueError, RecursionError):
        _refuse("it is malformed, incomplete or not signed by this Directus")
    return claims


def _refuse(why: str) -> NoReturn:
    headers = {"WWW-Authenticate": 'Bearer realm="directus", error="invalid_token"'}
    raise Unauthorized(f"The access token is not valid: {why}. Please {HINT}.", headers=headers)
