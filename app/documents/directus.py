"""The one question that the web process has to Directus: may this caller see that product."""

from __future__ import annotations

from app.extensions import settings
from app.http.errors import Forbidden, Unauthorized, Unavailable

TIMEOUT_S = 5.0
OK, NO_TOKEN, NO_RIGHT = 200, 401, 403


def demand_directus() -> None:
    """Raise Unavailable where no Directus is configured."""
    if not settings().directus_url:
        raise Unavailable("No Directus is configured; set DIRECTUS_URL.", code="directus_not_configured")


def demand_product(product_id: str, token: str) -> None:
    """Make sure that the caller's own token may read a product; it is used for this alone.

    Raises:
        Unauthorized, Forbidden: Directus says that it may not.
        Unavailable: Directus does not answer.

    """
    status = _status(f"/items/dcm_product/{product_id}", token)
    if status == NO_TOKEN:
        raise Unauthorized("Directus does not accept the access token any more; refresh it.")
    if status == NO_RIGHT:
        raise Forbidden(f"Directus has no product {product_id}, or your token may not read it.")
    if status != OK:
        raise Unavailable(f"Directus answered {status}; try again shortly.", code="directus_unavailable")


def _status(path: str, token: str) -> int:
    """Return the status of a GET; what else is answered is not read."""
    import httpx  # noqa: PLC0415 - only these routes need it, and a process shall start without

    headers = {"Authorization": f"Bearer {token}"}
    try:
        with (
            httpx.Client(base_url=settings().directus_url, timeout=TIMEOUT_S, trust_env=False) as client,
            client.stream("GET", path, params={"fields": "id"}, headers=headers) as answer,
        ):
            return int(answer.status_code)
    except httpx.HTTPError as error:
        detail = f"Directus does not answer ({type(error).__name__}); try again shortly."
        raise Unavailable(detail, code="directus_unavailable") from None
