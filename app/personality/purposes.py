"""What impressions of faces may not be asked for.

Sources: Regulation (EU) 2024/1689, articles 5(1)(f) and (g), annex III 1(b), 3, 4, 5, 6 and 7; the
model's card says it in plain words.
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 200
WORDS = {
    "hiring": (
        "hiring hire hires hired recruiting recruitment recruiter recruiters recruit candidate candidates"
        " applicant applicants headhunting onboarding 채용 면접 지원자"
    ),
    "work": (
        "work workplace worker workers workforce employment employee employees employer employers job jobs"
        " staffing staff hr dismissal dismissals layoffs 직원 직장"
    ),
    "education": (
        "education educational school schools university universities college admission admissions"
        " student students exam exams examination grading proctoring scholarship classroom"
        " 교육 학교 학생 입학"
    ),
    "credit": (
        "credit creditworthiness lending lender lenders loan loans mortgage borrower borrowers scoring"
        " 신용 대출"
    ),
    "insurance": (
        "insurance insurer insurers insured underwriting underwriter underwriters premium premiums 보험"
    ),
    "policing": (
        "policing police policeman crime crimes criminal criminals criminality suspect suspects surveillance"
        " enforcement profiling forensic forensics recidivism"
        " 경찰 범죄 수사"
    ),
    "migration": (
        "migration migrant migrants immigration immigrant immigrants asylum border borders visa visas"
        " refugee refugees 이민 난민 비자"
    ),
    "dating": ("dating date dates matchmaking matchmaker partner partners tinder 데이트 연애"),
}
REFUSED = {word: use for use, words in WORDS.items() for word in words.split()}
SPLIT = re.compile(r"[\W\d_]+")


def refused_use(purpose: str) -> str | None:
    """Return the refused use that a purpose names, None where it names none."""
    words = SPLIT.split(unicodedata.normalize("NFKC", purpose[:MOST_CHARACTERS]).lower())
    return next((use for word in words if (use := REFUSED.get(word) or _begun(word)) is not None), None)


def _begun(word: str) -> str | None:
    """Return the use that a Korean word begins with: its particles are written onto it."""
    return next(
        (use for start, use in REFUSED.items() if not start.isascii() and word.startswith(start)), None
    )
