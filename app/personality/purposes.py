"""What impressions of faces may not be asked for.

Sources: Regulation (EU) 2024/1689, articles 5(1)(f) and (g), annex III 1(b), 3, 4, 5, 6 and 7; the
model's card says it in plain words.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 200
WORDS = {
    "hiring": "hiring hire hires recruiting recruitment recruiter candidate candidates applicant applicants",
    "work": "work workplace worker workers employment employee employees employer job jobs staffing",
    "education": "education school schools university admission admissions student students exam grading",
    "credit": "credit creditworthiness lending lender loan loans mortgage scoring",
    "insurance": "insurance insurer insurers underwriting premium premiums",
    "policing": "policing police crime criminal suspect suspects surveillance law-enforcement profiling",
    "migration": "migration immigration asylum border borders visa visas refugee refugees",
    "dating": "dating date dates matchmaking partner partners",
}
REFUSED = {word: use for use, words in WORDS.items() for word in words.split()}
SPLIT = re.compile(r"[^a-z-]+")


def refused_use(purpose: str) -> str | None:
    """Return the refused use that a purpose names, None where it names none."""
    words = SPLIT.split(purpose.lower()[:MOST_CHARACTERS])
    return next((REFUSED[word] for word in words if word in REFUSED), None)
