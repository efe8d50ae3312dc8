"""What a wording says in two languages is linked, so that nobody adds it up twice."""

from __future__ import annotations

from pathlib import Path

from workers.documents.analysis import analyse
from workers.documents.tree import walk

CASES = Path(__file__).parent / "cases"
TWICE = b"""# A Reisegep\xc3\xa4ck

Gep\xc3\xa4ck ist bis CHF 1'500 pro Person versichert.

Schmuck ist bis CHF 300 versichert.

# B Baggage

Baggage is insured up to CHF 1,500 per person.

Money is insured up to CHF 200.
"""


def items_of(result):
    return [each for top in result.items for each in walk(top)]


def test_a_limit_said_again_in_another_language_names_the_first():
    items = items_of(analyse(TWICE))
    limits = {item.value + item.language: item for item in items if item.kind == "limit"}
    assert limits["1500en"].duplicate_of == limits["1500de"].id
    assert [limits[sign].duplicate_of for sign in ("1500de", "300de", "200en")] == [None, None, None]
    assert analyse(TWICE).counts()["limit"] == 4  # the tree keeps both


def test_amounts_that_come_again_in_one_language_are_no_duplicates():
    twice = "# A Gepäck\n\nGepäck ist bis 500 EUR versichert.\n\nSchmuck ist bis 500 EUR versichert.\n"
    assert {item.duplicate_of for item in items_of(analyse(twice.encode()))} == {None}


def test_both_limits_of_the_bilingual_case_are_linked():
    result = analyse(CASES / "mixed-languages" / "wording.pdf")
    limits = [item for item in items_of(result) if item.kind == "limit"]
    first = {item.id: item for item in limits if item.language == "de"}
    second = [item for item in limits if item.language == "en"]
    assert [first[item.duplicate_of].value for item in second] == [item.value for item in second]
