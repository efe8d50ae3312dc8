"""Each system speaks the words of its API: every core state has one, every word is reached, no other leaves."""

from __future__ import annotations

import ast

import pytest

from app.files.jobs.vocabulary import VOCABULARY as FILE_ROUTES
from app.system import State
from app.systems import SYSTEMS, load
from tests.contract.sources import modules

# The words that the APIs promise, beside 410 for `expired`.
WORDS = {
    "accidents": {"pending", "processing", "success", "failed"},
    "reviews": {"accepted", "queued", "ready", "error"},
    "documents": {"pending", "running", "completed", "failed"},
    "mood": {"queued", "processing", "completed", "failed", "cancelled"},
    "personality": {"queued", "processing", "completed", "failed", "cancelled"},
    "trial": {str(state) for state in State if state != State.EXPIRED},
}
# The core states that each plan word stands for where the plans leave no choice.
MEANINGS = {
    "accidents": {
        "pending": {State.RECEIVED, State.QUEUED, State.RETRYING},
        "processing": {State.RUNNING, State.CANCELLING},
        "success": {State.SUCCEEDED},
        "failed": {State.FAILED, State.CANCELLED},
    },
    "reviews": {
        "accepted": {State.RECEIVED},
        "queued": {State.QUEUED, State.RETRYING, State.RUNNING, State.CANCELLING},
        "ready": {State.SUCCEEDED},
        "error": {State.FAILED, State.CANCELLED},
    },
}
ALL = (*SYSTEMS, *load(("tests.trial:SYSTEM",)))

every_system = pytest.mark.parametrize("system", ALL, ids=[system.name for system in ALL])


@every_system
def test_every_core_state_but_expired_has_a_word(system):
    assert set(system.vocabulary) == set(State) - {State.EXPIRED}


@every_system
def test_every_word_of_the_plan_is_reached_and_no_other(system):
    assert set(system.vocabulary.values()) == WORDS[system.name]


@pytest.mark.parametrize("name", MEANINGS)
def test_words_stand_for_the_states_that_they_say(name):
    vocabulary = next(system.vocabulary for system in ALL if system.name == name)
    back = {
        word: {state for state in vocabulary if vocabulary[state] == word} for word in vocabulary.values()
    }
    assert back == MEANINGS[name]


def test_the_file_routes_speak_their_words_for_every_system():
    assert {
        word: {state for state in FILE_ROUTES if FILE_ROUTES[state] == word} for word in FILE_ROUTES.values()
    } == {
        "queued": {State.RECEIVED, State.QUEUED, State.RETRYING},
        "processing": {State.RUNNING, State.CANCELLING},
        "completed": {State.SUCCEEDED},
        "failed": {State.FAILED},
        "cancelled": {State.CANCELLED},
    }


# Names that say nothing, and the private ones that the glossary's terms have replaced.
BANNED = {
    *("found", "known", "said", "told"),
    *("House", "houses", "Houses", "house", "Door", "doors", "acts"),
    *("courier", "Courier", "bell", "seal", "unseal", "Forged"),
    *(
        "leash",
        "leave_politely",
        "LeavingWorker",
        "EagerServer",
        "SEATS",
        "arm",
        "go_on",
        "ill_since",
    ),
    *("without_rounds", "keep_what_is_loaded", "rebind", "sing", "sung", "tongue", "in_words"),
    *("takers", "suspect", "acquit", "pardon", "deaths_of", "hand_back", "give_back", "_give_back", "CHOICE"),
    *("erase_belongings", "Eraser", "may_fail", "said_once", "defused", "appearing"),
    *("BULK_PATIENCE_S", "UPLOAD_PATIENCE_HOURS"),
}


def bound(tree):
    """Yield each name that a file binds: variables, arguments, functions, classes and a class's fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


@pytest.mark.parametrize("folder", ["app", "bench", "migrations", "stack", "tests", "workers"])
def test_a_name_says_what_it_holds_in_the_fields_terms(folder):
    assert not [
        (module, name) for module, _, tree in modules(folder) for name in bound(tree) if name in BANNED
    ]
