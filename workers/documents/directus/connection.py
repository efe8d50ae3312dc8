"""The Directus that the settings name."""

from __future__ import annotations

from app.extensions import settings
from workers.documents.directus.client import Directus
from workers.documents.directus.faults import DirectusFault
from workers.documents.directus.tokens import Credentials


def connect() -> Directus:
    """Return a client of the configured Directus with the service's own credentials.

    Raises:
        DirectusFault: DIRECTUS_URL is not set.
        AuthFault: no credentials are.

    """
    config = settings()
    if not config.directus_url:
        raise DirectusFault("No Directus is configured; set DIRECTUS_URL.", code="directus_not_configured")
    credentials = Credentials(config.directus_token, config.directus_email, config.directus_password)
    return Directus(config.directus_url, credentials)
