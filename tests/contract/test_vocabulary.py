"""Each system speaks the words of its API: every core state has one, every word is reached, no other leaves."""

from __future__ import annotations

import pytest

from app.files.jobs.vocabulary import VOCABULARY as FILE_ROUTES
from app.system import State
from app.systems import SYSTEMS, load

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
