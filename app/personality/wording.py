"""What every answer says of itself, and the uses that are refused."""

from __future__ import annotations

NOTICE = (
    "Strangers' impressions of faces, learnt from synthetic ones; not a person's character. They mostly "
    "read the smile (r .93 with a happy look for extraversion, -.97 for neuroticism). Not for any "
    "decision about people."
)
