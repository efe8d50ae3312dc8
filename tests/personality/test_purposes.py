"""What a purpose names is read word by word, however it is written."""

from __future__ import annotations

import pytest

from app.personality.purposes import refused_use


@pytest.mark.parametrize(
    ("purpose", "use"),
    [
        ("hiring", "hiring"),
        ("screening of new applicants", "hiring"),
        ("RECRUITMENT", "hiring"),
        ("pre-employment checks", "work"),
        ("staff_evaluation", "work"),
        ("university admissions", "education"),
        ("loan approval", "credit"),
        ("credit-scoring", "credit"),
        ("insurance/underwriting", "insurance"),
        ("law enforcement", "policing"),
        ("law-enforcement", "policing"),
        ("find criminals", "policing"),
        ("visa-decisions", "migration"),
        ("border control", "migration"),
        ("\uff44\uff41\uff54\uff49\uff4e\uff47 app", "dating"),
        ("채용을 위해", "hiring"),
        ("대출심사", "credit"),
    ],
)
def test_a_refused_use_is_told_by_its_words(purpose, use):
    assert refused_use(purpose) == use


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "art project",
        "research",
        "choosing a portrait",
        "photography",
        "artwork",
        "update",
        "social science",
        "fun",
    ],
)
def test_other_purposes_are_none_of_them(purpose):
    assert refused_use(purpose) is None
