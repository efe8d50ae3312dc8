"""A minute of random faults under load: nothing acknowledged is lost, nothing is told twice differently."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.chaos.__main__ import QUICK, SERVED, chaos
from tests.chaos.ledger import KINDS, Ledger, Report, Word
from tests.chaos.settling import became

pytestmark = pytest.mark.slow("breaks a running stack for a minute")


@pytest.fixture(scope="module")
def served():
    return SERVED


@pytest.fixture(scope="module")
def settings():
    return QUICK


def test_a_minute_of_chaos_loses_nothing(module_stack, servers, capsys):
    report = chaos(module_stack, servers, seconds=60, seed=20261122)
    with capsys.disabled():
        print(f"\n{report}")
    assert report.acknowledged > 50
    assert report.problems() == []


def ledger_of(*answers):
    """Return the ledger of a caller who got some answers: each an id, its content, and a key."""
    ledger = Ledger()
    for job_id, content, key in answers:
        ledger.write(job_id, Word("accidents", "/there", [1], content), key)
    return ledger


@pytest.mark.parametrize(
    ("answers", "differently"),
    [
        ([("a", "x", "k"), ("a", "x", "k")], 0),
        ([("a", None, "k"), ("a", "x", "k")], 0),
        ([("a", "x", "k"), ("a", None, "k")], 0),
        ([("a", "x", "k"), ("b", "x", "k")], 1),
        ([("a", None, "k"), ("b", "x", "k")], 1),
        ([("a", "x", "k"), ("a", "y", "k")], 1),
        ([("a", "x", None), ("a", "y", None)], 1),
    ],
)
def test_the_ledger_notices_what_is_told_differently(answers, differently):
    ledger = ledger_of(*answers)
    assert (ledger.told_twice, ledger.differently) == (1, differently)
    assert any(word.answer == "x" for word in ledger.words.values())


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (httpx.Response(200, json={"results": [{"n": 7}]}), None),
        (httpx.Response(404, json={"results": [{"n": 7}]}), "is 404"),
        (httpx.Response(200, json={"results": [{"n": 8}]}), "was asked [7]"),
        (httpx.Response(200, json={"results": []}), "was asked [7]"),
        (httpx.Response(200, json={"results": [{"n": 7}, {"n": 7}]}), "was asked [7]"),
    ],
)
def test_what_is_found_again_must_be_made_of_what_was_asked(answer, fate):
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer), base_url="http://there") as client:
        ending = became(client, "a", Word("work", "/there", [7]), {})
    assert ending is None if fate is None else fate in ending


GOOD = Report(
    acknowledged=9,
    lost=[],
    differently=0,
    dead=1,
    green_after_s=1.0,
    told_twice=1,
    faults={f"SIGKILL {kind}": 3 for kind in KINDS.split()} | {"kill PostgreSQL": 1, "wipe Valkey": 1},
    refused={"503": 1, "429": 1, "409": 1, "ReadError": 1},
    broken=[],
)


def test_a_good_run_has_no_problems():
    assert GOOD.problems() == []


@pytest.mark.parametrize(
    "bad",
    [
        {"lost": ["a"]},
        {"differently": 1},
        {"dead": 2},
        {"green_after_s": float("inf")},
        {"told_twice": 0},
        {"faults": {"SIGKILL web": 1}},
        {"refused": {"500": 1}},
        {"refused": {"404": 1}},
        {"broken": ["KeyError"]},
    ],
)
def test_a_bad_run_is_seen(bad):
    assert replace(GOOD, **bad).problems()
