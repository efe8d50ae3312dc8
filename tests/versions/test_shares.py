"""Who answers is decided by the job's id and the shares, and a setting that is wrong starts nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace

import pytest
from uuid_utils.compat import uuid7

from app import create_app
from app.config import Settings
from app.model_versions import selection
from app.model_versions.selection import Share
from app.setting_values import SettingError
from app.systems import SYSTEMS
from tests.stacks import SECRET, Stack
from tests.trial import SYSTEM as TRIAL
from workers.sdk.weights import live_folder

ALL = {system.name: system for system in (*SYSTEMS, TRIAL)}
WITH_WEIGHTS = [system for system in SYSTEMS if selection.versions_of(system.worker)]
EMPTY = replace(TRIAL, name="bare", worker="tests.versions")  # a package without weights


@pytest.mark.parametrize("make", [uuid7, uuid.uuid4])
@pytest.mark.parametrize("shares", [(0.9, 0.1), (0.5, 0.3, 0.2), (0.995, 0.005)])
def test_versions_get_their_shares_of_the_jobs(shares, make):
    live = tuple(Share(f"v{number}", share) for number, share in enumerate(shares))
    total = 40_000
    counts = Counter(selection.pick(live, make()) for _ in range(total))
    for each in live:
        spread = 5 * (each.share * (1 - each.share) / total) ** 0.5
        assert counts[each.version] / total == pytest.approx(each.share, abs=spread)


def test_the_same_id_gets_the_same_version_for_ever():
    live = (Share("old", 0.5), Share("new", 0.5))
    ids = [uuid.UUID(int=number) for number in range(8)]
    # As a process of any release and machine chooses; another rule would split a retry from its first try.
    assert "".join(selection.pick(live, job_id)[0] for job_id in ids) == "ooononno"


def test_an_id_beyond_the_last_bound_by_a_rounding_still_has_a_version():
    assert selection.pick((Share("a", 1e-12), Share("b", 0.0)), uuid7()) == "b"


@pytest.mark.parametrize("text", ["", " ; "])
def test_without_a_word_one_version_answers_everything(text):
    for name, shares in selection.plan(text, ALL).items():
        version = (*[""], *selection.versions_of(ALL[name].worker))[-1]  # none where a system has no weights
        assert shares == (Share(version, 1.0),)


@pytest.mark.parametrize("system", WITH_WEIGHTS, ids=[system.name for system in WITH_WEIGHTS])
def test_the_default_is_the_version_that_the_command_line_uses(system):
    assert selection.default(system) == live_folder(system.name).name


def test_a_system_without_weights_has_no_version():
    assert selection.plan("", {"bare": EMPTY}) == {"bare": (Share("", 1.0),)}


def test_shares_are_read_for_each_system_that_is_named():
    plan = selection.plan(" trial = trial-1:99.5 , trial-0:0.5 ; accidents=2026.11", ALL)
    assert plan["trial"] == (Share("trial-1", 0.995), Share("trial-0", 0.005))
    assert plan["accidents"] == (Share("2026.11", 1.0),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("7", "no system '7', but accidents"),
        ("moods=small", "no system 'moods'"),
        ("trial", "no version ''; it has: trial-0, trial-1"),
        ("trial=", "no version ''"),
        ("trial=trial-2", "no version 'trial-2'; it has: trial-0, trial-1"),
        ("trial=../trial-1", "no version '../trial-1'"),
        ("trial=trial-0:90,trial-1", "trial-1 is ''"),
        ("trial=trial-0:0,trial-1:100", "trial-0 is '0'"),
        ("trial=trial-0:-10,trial-1:110", "trial-0 is '-10'"),
        ("trial=trial-0:nan,trial-1:10", "trial-0 is 'nan'"),
        ("trial=trial-0:1:2,trial-1:98", "trial-0 is '1:2'"),
        ("trial=trial-0:90,trial-1:9", "add up to 99, not to 100"),
        ("trial=trial-0:50", "add up to 50, not to 100"),
        ("trial=trial-0:50,trial-0:50", "named twice"),
        ("trial=trial-0;trial=trial-1", "trial is named twice"),
        ("trial=trial-0=trial-1", "no version 'trial-0=trial-1'"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(text, problem):
    with pytest.raises(SettingError, match=r"MODEL_VERSIONS is written as") as refused:
        selection.plan(text, ALL)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    "kind", ["realtime", pytest.param("web", marks=pytest.mark.slow("starts gunicorn for the same refusal"))]
)
def test_nothing_starts_with_a_wrong_setting(tmp_path, kind):
    with pytest.raises(SettingError, match="no version 'huge'"):
        create_app(Settings(secret_key=SECRET, model_versions="accidents=huge"))
    # `workers batch` reads its settings where `workers realtime` does, and the clock in create_app.
    stack = Stack(tmp_path, "postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1")
    process = stack.start(kind, model_versions="trial=trial-0:90")
    assert process.popen.wait(60) != 0
    assert "the shares of trial add up to 90, not to 100" in process.log.read_text()
