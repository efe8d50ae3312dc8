"""Boosters that a user brings: JSON, UBJSON or a pickle, and no pickle is ever run."""

import json
import pickle
import struct
import sys
import types

import numpy as np
import pytest

from tests.mood.exports import export
from tests.mood.exports import nights as exported_nights
from tests.mood.people import history, nights
from workers.mood.analysis import analyse, read_options
from workers.mood.boosters.booster import Booster, BoosterError
from workers.mood.boosters.paper import FILES, paper_risks, read_boosters
from workers.mood.boosters.pickled import PickleRefused
from workers.mood.boosters.ubj import UbjError, loads
from workers.mood.feature_table import NAMES_36


def model(*, objective="binary:logistic", n_features=36, **changes):
    """Return a model of two trees: feature 2 below 0.5 and then 5 below -1, and a single leaf."""
    first = {
        "left_children": [1, -1, 3, -1, -1],
        "right_children": [2, -1, 4, -1, -1],
        "split_indices": [2, 0, 5, 0, 0],
        "split_conditions": [0.5, -0.25, -1.0, 0.75, 1.5],
        "default_left": [1, 0, 0, 0, 0],
    }
    leaf = {
        "left_children": [-1],
        "right_children": [-1],
        "split_indices": [0],
        "split_conditions": [0.125],
        "default_left": [0],
    }
    return {
        "learner": {
            "learner_model_param": {"base_score": "5E-1", "num_feature": str(n_features)},
            "objective": {"name": objective},
            "feature_names": [],
            "gradient_booster": {"model": {"trees": [{**first, **changes}, leaf]}},
        },
        "version": [1, 7, 6],
    }


def ubj(value):
    """Write a value as XGBoost does: typed arrays for numbers, lengths as L."""
    if isinstance(value, dict):
        parts = (b"L" + struct.pack(">q", len(k)) + k.encode() + ubj(v) for k, v in value.items())
        return b"{" + b"".join(parts) + b"}"
    if isinstance(value, str):
        return b"SL" + struct.pack(">q", len(value)) + value.encode()
    if isinstance(value, list) and value and all(isinstance(each, (int, float)) for each in value):
        whole = all(isinstance(each, int) for each in value)
        kind, form = (b"l", ">i") if whole else (b"d", ">f")
        return (
            b"[$"
            + kind
            + b"#L"
            + struct.pack(">q", len(value))
            + b"".join(struct.pack(form, e) for e in value)
        )
    if isinstance(value, list):
        return b"[" + b"".join(ubj(each) for each in value) + b"]"
    raise TypeError(value)


@pytest.fixture
def xgboost(monkeypatch):
    """Stand-ins with the names that a published pickle has."""
    core, sklearn = types.ModuleType("xgboost.core"), types.ModuleType("xgboost.sklearn")
    core.Booster = type("Booster", (), {"__module__": "xgboost.core"})
    sklearn.XGBClassifier = type("XGBClassifier", (), {"__module__": "xgboost.sklearn"})
    for module in (types.ModuleType("xgboost"), core, sklearn):
        monkeypatch.setitem(sys.modules, module.__name__, module)

    def classifier(raw):
        booster, whole = core.Booster(), sklearn.XGBClassifier()
        booster.__dict__.update(handle=bytearray(raw), feature_names=None)
        whole.__dict__.update(n_estimators=2, _Booster=booster, objective="binary:logistic")
        return whole

    return classifier


ROWS = np.array([[0.0] * 36, [0.0] * 36, [0.0] * 36, [0.0] * 36])
ROWS[1:3, 2] = 0.5
ROWS[2, 5] = -2.0
ROWS[3, 2] = np.nan
LOG_ODDS = np.array([-0.25, 1.5, 0.75, -0.25]) + 0.125


def read(tmp_path, data, name="model"):
    path = tmp_path / name
    path.write_bytes(data)
    return Booster.read(path)


def test_json_and_ubjson_give_what_the_trees_say(tmp_path):
    for data in (json.dumps(model()).encode(), ubj(model()), ubj({"Model": model()})):
        risks = read(tmp_path, data).probability(ROWS)
        assert risks == pytest.approx(1 / (1 + np.exp(-LOG_ODDS)), abs=1e-7)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("written", [ubj, lambda value: json.dumps(value).encode()])
def test_a_pickles_model_is_read_by_its_opcodes(xgboost, tmp_path, protocol, written):
    data = pickle.dumps(xgboost(written({"Model": model(), "Config": {}})), protocol=protocol)
    booster = read(tmp_path, data)
    assert booster.probability(ROWS) == pytest.approx(1 / (1 + np.exp(-LOG_ODDS)), abs=1e-7)


class Evil:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (exec, (f"open({str(self.marker)!r}, 'w').close()",))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_malicious_pickle_is_refused_and_never_run(xgboost, tmp_path, protocol):
    marker = tmp_path / "ran"
    whole = xgboost(ubj(model()))
    whole.more = Evil(marker)
    data = pickle.dumps(whole, protocol=protocol)
    path = tmp_path / "evil.pkl"
    path.write_bytes(data)
    with pytest.raises(PickleRefused, match="exec"):
        Booster.read(path)
    assert not marker.exists()
    pickle.loads(data)
    assert marker.exists()  # it would have run


def test_a_name_made_on_the_stack_in_another_way_is_refused(tmp_path):
    data = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x30h\x00h\x01\x93."
    with pytest.raises(PickleRefused):
        read(tmp_path, data)


def test_a_pickle_without_a_model_is_refused(tmp_path):
    with pytest.raises(PickleRefused, match="holds no"):
        read(tmp_path, pickle.dumps({"a": b"bytes"}))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (json.dumps(model(objective="multi:softprob")).encode(), "multi:softprob"),
        (json.dumps(model(left_children=[1, -1, 9, -1, -1])).encode(), "not there"),
        (json.dumps(model(split_indices=[99, 0, 5, 0, 0])).encode(), "not there"),
        (json.dumps(model(default_left=[1])).encode(), "length"),
        (b'{"learner": {}}', "no XGBoost model"),
        (b"[[[[", "no"),
        (b'{"a": ' + b"[" * 100_000, "JSON"),
        (b"<xml/>", "UBJSON"),
    ],
)
def test_what_is_no_such_model_is_said_to_be_none(tmp_path, data, says):
    with pytest.raises(BoosterError, match=says):
        read(tmp_path, data)


def test_a_tree_that_runs_in_a_circle_ends(tmp_path):
    loop = read(
        tmp_path,
        json.dumps(model(left_children=[1, 1, 3, -1, -1], right_children=[2, 1, 4, -1, -1])).encode(),
    )
    assert len(loop.probability(ROWS)) == 4


@pytest.mark.parametrize("length", range(0, 400, 7))
def test_cut_ubjson_is_an_error(length):
    with pytest.raises(UbjError):
        loads(ubj(model())[:length])


def test_a_users_boosters_score_a_history_by_the_36_features(tmp_path):
    for name in FILES.values():
        (tmp_path / f"{name}.ubj").write_bytes(ubj(model()))
    person = history(nights(12))
    risks = paper_risks(person, read_boosters(tmp_path))
    assert set(risks) == {"depression", "hypomanic", "mania"}
    assert all(len(each) == 12 and (each > 0).all() for each in risks.values())


def test_a_file_is_scored_by_a_users_boosters_too(tmp_path):
    for name in FILES.values():
        (tmp_path / f"{name}.ubj").write_bytes(ubj(model()))
    path = tmp_path / "export.xml"
    path.write_bytes(export(*exported_nights(9)))
    rows = analyse([path], read_options({"boosters": str(tmp_path)})).rows
    assert len(rows) == 9
    assert all(0 < row["boosters"][risk] < 1 for row in rows for risk in FILES)
    with pytest.raises(BoosterError, match="XGBoost_DE"):
        read_options({"boosters": str(tmp_path / "elsewhere")})


def test_a_booster_of_other_features_is_refused(tmp_path):
    for name in FILES.values():
        (tmp_path / f"{name}.json").write_text(
            json.dumps(model(n_features=12, split_indices=[2, 0, 5, 0, 0]))
        )
    with pytest.raises(BoosterError, match="36 features"):
        read_boosters(tmp_path)
    assert len(NAMES_36) == 36
