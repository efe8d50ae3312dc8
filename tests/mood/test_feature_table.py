"""The table of features: the 36 of the paper in its order, and the activity beside them."""

from datetime import timedelta

from tests.mood.people import FIRST, history, nights
from workers.mood.feature_table import COLUMNS, NAMES_36, features_table


def test_the_36_stand_in_the_papers_order():
    assert len(NAMES_36) == 36
    assert NAMES_36[:3] == ("ST_long_MN", "ST_long_SD", "ST_long_Zscore")
    assert NAMES_36[-3:] == ("Circadian_amplitude_MN", "Circadian_amplitude_SD", "Circadian_amplitude_Zscore")


def test_every_date_has_a_row_and_one_without_sleep_has_no_features():
    records = nights(20, steps=5000.0)
    records[9] = {"date": (FIRST + timedelta(days=9)).isoformat(), "steps": 4000.0}
    columns, rows = features_table(history(records))
    assert columns == COLUMNS
    assert [row[0] for row in rows] == [(FIRST + timedelta(days=n)).isoformat() for n in range(20)]
    missing = dict(zip(columns, rows[9], strict=True))
    assert missing["ST_long"] is missing["ST_long_MN"] is missing["Circadian_phase_Zscore"] is None
    assert missing["steps"] == 4000.0
    features = dict(zip(columns, rows[10], strict=True))
    assert features["sleep_onset_h"] == -1.0
    assert 7 < features["ST_long_MN"] < 9


def test_the_papers_way_has_one_mean_for_all_dates():
    columns, rows = features_table(history(nights(20)), retrospective=True)
    place = columns.index("ST_long_MN")
    assert len({round(row[place], 9) for row in rows}) == 1
    _, past = features_table(history(nights(20)))
    assert len({round(row[place], 9) for row in past}) > 1


def test_nothing_has_no_rows():
    assert features_table(history([])) == (COLUMNS, [])
