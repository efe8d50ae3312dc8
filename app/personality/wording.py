"""What every answer says of itself."""

from __future__ import annotations

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
NOTICE = (
    "Strangers' impressions of faces, learnt from synthetic ones; not a person's character. They mostly "
    "read the smile (r .93 with a happy look for extraversion, -.97 for neuroticism). Not for any "
    "decision about people."
)
