"""The two halves of each system fit together: what app asks for, workers can do."""

from __future__ import annotations

import pytest

from app.model_versions import selection
from app.system import Lane
from app.systems import SYSTEMS, load
from tests.contract.sources import ROOT
from workers.sdk.task import Answer, Work, load_tasks, warm

ALL = (*SYSTEMS, *load(("tests.trial:SYSTEM",)))
KINDS = {Lane.REALTIME: Answer, Lane.BATCH: Work}

every_system = pytest.mark.parametrize("system", ALL, ids=[system.name for system in ALL])


@every_system
def test_both_halves_of_a_system_name_the_same_tasks(system):
    assert {task.name for task in system.tasks} == set(load_tasks(system))


@every_system
def test_each_task_is_of_its_lanes_kind(system):
    tasks = load_tasks(system)
    assert {task.name: type(tasks[task.name]) for task in system.tasks} == {
        task.name: KINDS[task.lane] for task in system.tasks
    }


@every_system
def test_each_version_of_a_systems_model_can_be_loaded(system, app):
    with app.app_context():  # as in a worker: settings say which detector and which device
        warm(system, selection.versions_of(system.worker))


@every_system
def test_a_systems_default_version_is_one_that_it_has(system):
    versions = selection.versions_of(system.worker) or (selection.NONE,)  # rules have no weights
    assert selection.default(system) in versions


@every_system
def test_each_task_is_named_once_and_has_a_time_limit(system):
    names = [task.name for task in system.tasks]
    assert len(set(names)) == len(names)
    assert all(task.timeout_s > 0 for task in system.tasks)


def test_each_registered_system_is_two_mirrored_folders():
    for system in SYSTEMS:
        assert (ROOT / "app" / system.name / "__init__.py").exists()
        assert system.worker == f"workers.{system.name}"
        assert (ROOT / "workers" / system.name / "tasks.py").exists()


def test_no_two_systems_share_a_name():
    names = [system.name for system in ALL]
    assert len(set(names)) == len(names)
