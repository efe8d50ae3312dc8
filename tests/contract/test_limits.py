"""With the settings that nobody changes, what is promised about times can be kept."""

from __future__ import annotations

import os
import subprocess
import sys

from app.config import Settings
from stack.runner import END_S
from tests.stacks import ROOT, SECRET

DEFAULT = Settings()
START_S = 5  # until a job that waits is started
NOTICE_S = 2


def test_a_lost_batch_job_runs_again_within_30_s():
    assert DEFAULT.stale_s + DEFAULT.sweep_s + DEFAULT.backoff_s * 1.25 + START_S < 30


def test_a_lost_realtime_request_is_taken_again_within_10_s():
    assert DEFAULT.realtime_stale_s + NOTICE_S < 10


def test_every_process_leaves_within_25_s_and_is_given_that_long():
    script = "import runpy; print(runpy.run_path('gunicorn.conf.py')['graceful_timeout'])"
    environment = {**os.environ, "SECRET_KEY": SECRET}
    output = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=environment)
    assert DEFAULT.drain_s + NOTICE_S < 25
    assert int(output) <= 25 <= END_S


def test_a_lane_that_takes_nothing_is_red_within_30_s():
    assert DEFAULT.canary_stale_s + DEFAULT.canary_s < 30


def test_signs_of_life_come_often_enough_to_be_missed_once():
    assert 3 * DEFAULT.heartbeat_s <= min(DEFAULT.stale_s, DEFAULT.realtime_stale_s)
