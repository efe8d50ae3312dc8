"""A sentence cut where its clauses differ in what they grant."""

from __future__ import annotations

import re

from workers.documents.tree import BENEFIT, CONDITION, EXCLUSION, LIMIT
from workers.documents.understanding import weak
from workers.documents.understanding.clauses import classify
from workers.documents.understanding.cues import EXCLUSION as EXCLUSION_CUE
from workers.documents.understanding.kinds import Place, grants
from workers.documents.understanding.sentences import Piece, halves, inserted, takes_back, turns

OF_IT = re.compile(
    r"^(?:(?:der|die|das|the|our|unsere?) )(?:ersatz|entschädigung|leistung|vergütung|limit|benefit|payment|maximum|most)\b",
    re.IGNORECASE,
)


def parts_of(text: str, sentence: Piece, *, excludes: bool) -> list[Piece]:
    """Cut a sentence at `but` or a semicolon, where its halves differ in what they grant."""
    clauses = halves(text, sentence)
    if len(clauses) == 2 and (_differ(text, *clauses) or (not excludes and _takes_out(text, *clauses))):
        return clauses
    for parted in (clauses, turns(text, sentence), inserted(text, sentence)):
        if len(parted) == 2 and _gives_back(text, *parted, excludes=excludes):
            return parted
    parted = takes_back(text, sentence)
    if len(parted) == 2 and grants(text[parted[0].start : parted[0].end]):
        return parted
    return [sentence]


def _gives_back(text: str, first: Piece, second: Piece, *, excludes: bool) -> bool:
    """Say whether a clause takes out, and the one behind it gives some of that back."""
    taken, given = (text[half.start : half.end] for half in (first, second))
    denied = EXCLUSION_CUE.search(taken) or weak.denies(taken) or weak.DENIED.search(taken)
    if not (excludes or denied):
        return False
    return classify(given, Place(after_exclusion=True)).exception


def _takes_out(text: str, first: Piece, second: Piece) -> bool:
    """Say whether a clause grants, and the one behind a semicolon takes out."""
    given, taken = (text[half.start : half.end] for half in (first, second))
    return (
        grants(given)
        and classify(given, Place()).name == BENEFIT
        and classify(taken, Place()).name == EXCLUSION
    )


def _differ(text: str, first: Piece, second: Piece) -> bool:
    """Say whether two clauses are of kinds that do not go together: what to do, and what is paid."""
    kinds = [
        classify(words, Place(has_amount=bool(re.search(r"\d", words)))).name
        for words in (text[first.start : first.end], text[second.start : second.end])
    ]
    if kinds[0] == "none" and weak.IMPERATIVE.search(text[first.start : first.end]):
        kinds[0] = CONDITION
    if kinds == [BENEFIT, LIMIT] or (
        kinds == ["none", LIMIT] and OF_IT.match(text[second.start : second.end])
    ):
        return True
    return CONDITION in kinds and len(set(kinds)) == 2 and not {"none", "bare", "definition"} & set(kinds)
