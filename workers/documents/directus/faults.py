"""What can go wrong between Assay and a Directus.

DirectusAway (transient): no answer, 429, 502, 503, 504 for longer than a call waits
DirectusFault (permanent)
  AuthFault: the service's own credentials are refused
  Rejected: an answer that says why not, with its status and code
    PayloadTooLarge: 413, whoever sent it
  CountMismatch: what was read is not what Directus counts
  SchemaFault: a collection, field or right that is needed is missing
  ItemTooLarge: one item alone is more than one request may hold
"""

from __future__ import annotations

from app.http.errors import TaskError, Transient


class DirectusAway(Transient):
    """Raised when Directus does not answer; a later attempt goes on where this one stopped."""

    code = "directus_unavailable"


class DirectusFault(TaskError):
    """Raised when Directus answers and what was asked cannot be done."""

    code = "directus_failed"


class AuthFault(DirectusFault):
    """Raised when Directus refuses the service's own credentials."""

    code = "directus_auth"


class Rejected(DirectusFault):
    """Raised when Directus answers with an error; `status` and `reason` are its own."""

    code = "directus_rejected"

    def __init__(self, detail: str, *, status: int, reason: str) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason


class PayloadTooLarge(Rejected):
    """Raised when a body is larger than Directus, or a proxy before it, takes."""


class CountMismatch(DirectusFault):
    """Raised when the rows that were read are not as many as Directus counts."""

    code = "directus_count_mismatch"


class SchemaFault(DirectusFault):
    """Raised before the first write when a collection, a field or a right is missing."""

    code = "directus_schema"


class ItemTooLarge(DirectusFault):
    """Raised when one item alone is larger than Directus takes; a quote is never cut."""

    code = "item_too_large"
