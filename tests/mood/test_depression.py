"""Depression from activity: blind to the date, and every figure of people the model never saw."""

import csv
import gzip
import json
from datetime import datetime, timedelta

import numpy as np
import pytest

from workers.mood import digibp, train
from workers.mood.depression import depresjon, evaluate
from workers.mood.depression.depresjon import FolderError
from workers.mood.depression.model import ActivityModels
from workers.mood.measures import auc

DAYS = 5


def write_subject(folder, number, counts, *, start="2003-05-07 12:00:00"):
    first = datetime.fromisoformat(start)
    (folder / "activity").mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "activity" / f"{number}.csv.gz", "wt", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["timestamp", "activity"])
        writer.writerows((first + timedelta(minutes=i), int(count)) for i, count in enumerate(counts))


def counts_of(*, still, rng):
    """Return counts of some days and a bit: still at night, and by day for a share of the minutes."""
    minute = (np.arange(DAYS * 1440 + 300) + 720) % 1440
    quiet = (minute < 420) | (rng.random(len(minute)) < still)
    return np.where(quiet, 0, rng.integers(20, 900, len(minute)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in Depresjon's layout: ten patients who sit more, and ten controls."""
    home, rng = tmp_path_factory.mktemp("layout"), np.random.default_rng(4)
    lines = ["number,days,gender,age,afftype,melanch,inpatient,edu,marriage,work,madrs1,madrs2"]
    for index in range(10):
        for kind, still in (("condition", 0.45), ("control", 0.35)):
            share = still + 0.06 * rng.normal()
            start = f"2003-{1 + (index * 5 + len(kind)) % 12:02}-07 {9 + index % 4:02}:30:00"
            write_subject(home, f"{kind}_{index}", counts_of(still=share, rng=rng), start=start)
            lines.append(f"{kind}_{index},{DAYS},1,35-39,2.0,2.0,2.0,6-10,1.0,2.0,19.0,19.0")
    (home / "scores.csv").write_text("\n".join(lines) + "\n")
    return home


@pytest.fixture(scope="module")
def subjects(folder):
    return depresjon.read(folder)


@pytest.fixture(scope="module")
def models(subjects):
    return ActivityModels.fit(subjects)


def test_files_are_cut_to_their_valid_days(subjects):
    assert {subject.minutes.shape for subject in subjects} == {(DAYS, 1440)}


def test_scores_do_not_know_the_date(folder, subjects, models, tmp_path):
    rng = np.random.default_rng(9)
    moved = tmp_path / "moved"
    moved.mkdir()
    (moved / "scores.csv").write_text((folder / "scores.csv").read_text())
    for subject in subjects:
        with gzip.open(folder / "activity" / f"{subject.number}.csv.gz", "rt") as stream:
            rows = list(csv.DictReader(stream))
        start = datetime.fromisoformat(rows[0]["timestamp"]) + timedelta(days=7 * int(rng.integers(1, 300)))
        write_subject(moved, subject.number, [row["activity"] for row in rows], start=str(start))
    again = depresjon.read(moved)
    for one, other in zip(subjects, again, strict=True):
        assert np.abs(models.by_minute(one) - models.by_minute(other)).max() < 1e-9
        assert np.abs(models.by_hour(one) - models.by_hour(other)).max() < 1e-9
        assert one.fingerprint == other.fingerprint
    refitted = ActivityModels.fit(again)
    assert np.abs(refitted.minute.coefficients - models.minute.coefficients).max() < 1e-9


def test_a_days_score_does_not_know_the_days_after_it(subjects, models):
    subject = subjects[0]
    cut = depresjon.Subject(**{**vars(subject), "minutes": subject.minutes[:3], "hours": subject.hours[:3]})
    assert models.by_minute(subject)[:3] == pytest.approx(models.by_minute(cut), abs=1e-12)


def test_a_subject_is_never_scored_by_a_model_that_saw_it(subjects, models, monkeypatch):
    fitted = []
    fit = ActivityModels.fit
    monkeypatch.setattr(evaluate, "REPEATS", 2)
    monkeypatch.setattr(
        ActivityModels, "fit", lambda people: fitted.append({s.number for s in people}) or fit(people)
    )
    figures = evaluate.evaluate(subjects, models, {s.fingerprint for s in subjects})
    assert len(fitted) == 10
    assert all(len(seen) == 16 for seen in fitted)
    assert figures["subjects_scored_in_folds"] == 20
    assert figures["auc_day"] > 0.6


def test_people_the_shipped_models_never_saw_are_scored_by_them(subjects, models, monkeypatch):
    monkeypatch.setattr(evaluate, "REPEATS", 2)
    new = evaluate.evaluate(subjects, models, set())
    assert new["subjects_scored_by_shipped_models"] == 20
    expected = auc(
        np.array([models.by_minute(s).mean() for s in subjects]), np.array([s.group == 1 for s in subjects])
    )
    assert new["auc_subject"] == pytest.approx(expected, abs=1e-4)


def test_folds_never_part_a_subject_and_hold_both_kinds(subjects):
    for fold, others in evaluate._folds(subjects, 0):
        assert not {s.number for s in fold} & {s.number for s in others}
        assert {s.group for s in fold} == {0, 1}


def test_the_folders_content_says_what_it_is(folder, tmp_path):
    figures = train.evaluate(folder)
    assert {"auc_day", "auc_subject", "auc_subject_interval_95", "baseline_minus_median_day"} <= set(figures)
    (tmp_path / "daily.csv").write_text(DIGIBP)
    figures = train.evaluate(tmp_path)
    assert {"mania_auc", "minus_sleep_hours_auc"} <= set(figures)
    json.dumps(figures)


def test_a_folder_of_neither_kind_is_refused(tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(FolderError, match="layout"):
        train.evaluate(tmp_path)


def test_a_wrong_row_names_itself(folder, tmp_path):
    (tmp_path / "activity").mkdir()
    (tmp_path / "scores.csv").write_text("number,days\nalien_1,5\n")
    (tmp_path / "activity" / "alien_1.csv").write_text("timestamp,activity\n2003-01-01 00:00:00,1\n")
    with pytest.raises(FolderError, match="alien_1"):
        depresjon.read(tmp_path)
    (tmp_path / "scores.csv").write_text("number,days\ncontrol_1,5\n")
    (tmp_path / "activity" / "control_1.csv").write_text("time,count\n1,1\n")
    with pytest.raises(FolderError, match=r"control_1\.csv"):
        depresjon.read(tmp_path)


def _digibp():
    rng = np.random.default_rng(2)
    lines = ["user,day,restingHR,steps,sleep,d,m"]
    for user in range(6):
        for day in range(1, 41):
            high = (day // 8 + user) % 4 == 3
            sleep = rng.normal(5 if high else 7.5, 0.7)
            gap = "" if day % 9 == 0 else f"{sleep:.2f}"
            lines.append(
                f"{user},{day},60,{rng.integers(2000, 9000)},{gap},{rng.integers(25)},{14 if high else 2}"
            )
    return "\n".join(lines) + "\n"


DIGIBP = _digibp()


def test_short_sleep_ranks_high_days_of_made_up_people(tmp_path):
    (tmp_path / "daily.csv").write_text(DIGIBP)
    figures = digibp.evaluate(
        digibp.read(tmp_path), train.Models.read(train.model_folder("mood", train.VERSION)).deviation
    )
    assert figures["mania_auc"] > 0.75
    assert figures["next_day_m_auc"] > 0.5


def test_the_area_counts_pairs_and_half_of_ties():
    labels = np.array([True, True, False, False])
    assert auc(np.array([3.0, 2.0, 2.0, 1.0]), labels) == 0.875
    assert np.isnan(auc(np.array([1.0]), np.array([True])))
