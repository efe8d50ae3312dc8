"""The contract that every system's predictor keeps; a system is in once it has weights and a case here."""

import importlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from workers.sdk.predictor import BadInput, NotExplainable, Predictor
from workers.sdk.weights import WEIGHTS, WeightsError, combined_sha256, file_sha256, live_folder

TOLERANCE = 1e-6  # relative; between a batch and its rows one by one


@dataclass(frozen=True)
class Case:
    """Different inputs of one system, and one that cannot be predicted."""

    inputs: tuple[Any, ...]
    bad: Any = None


def accidents():
    Accident = importlib.import_module("workers.accidents.features").Accident  # noqa: N806
    whole = Accident(
        weather="맑음",
        road_surface="건조",
        road_type="교차로 - 교차로안",
        accident_type="차대차",
        time_period="일반시간대",
        district="대구광역시 중구 교동",
        day_of_week="화요일",
        accident_hour=14,
        accident_year=2017,
        accident_month=12,
        accident_day=12,
    )
    others = (
        replace(whole, accident_type="차대사람", accident_hour=3, vehicle_other="보행자"),
        replace(whole, district="대구광역시 달성군", road_type="단일로", accident_hour=4),
        replace(whole, violation="중앙선침범", vehicle_at_fault="화물", accident_subtype="차대차 - 정면충돌"),
    )
    return Case((whole, *others), bad=replace(whole, accident_hour=24))


def reviews():
    Review = importlib.import_module("workers.reviews.predictor").Review  # noqa: N806
    return Case(
        (Review("A wonderful film.", None), Review("Dreadful, I left.", None), Review("It is a chair.", None))
    )


def mood():
    weeks = tuple(
        {
            "date": f"2026-10-{day:02}",
            "sleep": [
                {
                    "start": f"2026-10-{day - 1:02}T23:00+09:00",
                    "end": f"2026-10-{day:02}T0{5 + day % 3}:30+09:00",
                }
            ],
        }
        for day in range(2, 22)
    )
    return Case(
        (weeks, weeks[:9], (*weeks, {"date": "2026-10-22", "sleep": weeks[0]["sleep"], "low": 0.8})),
        bad=({"date": "tomorrow"},),
    )


CASES = {"accidents": accidents, "mood": mood, "reviews": reviews}
SYSTEMS = sorted(name for name in CASES if any((WEIGHTS / name / "weights").glob("*/card.toml")))


@pytest.fixture(scope="module", params=SYSTEMS)
def system(request):
    return request.param


@pytest.fixture(scope="module")
def case(system):
    return CASES[system]()


@pytest.fixture(scope="module")
def loader(system):
    module = importlib.import_module(f"workers.{system}.predictor")
    kinds = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Predictor)]
    return next(kind for kind in kinds if kind is not Predictor and kind.__module__ == module.__name__)


@pytest.fixture(scope="module")
def predictor(system, loader):
    return loader.load(live_folder(system))


def numbers(result):
    """Return every number in a result, wherever it stands."""
    if isinstance(result, bool) or not isinstance(result, (int, float, dict, list, tuple)):
        return []
    if isinstance(result, (int, float)):
        return [result]
    return [n for each in (result.values() if isinstance(result, dict) else result) for n in numbers(each)]


def test_the_severity_model_is_there():
    assert "accidents" in SYSTEMS


def test_nothing_in_gives_nothing_out(predictor):
    assert predictor.predict([]) == []


def test_one_output_per_input_in_order(predictor, case):
    forwards = predictor.predict(case.inputs)
    backwards = predictor.predict(case.inputs[::-1])
    assert len(forwards) == len(case.inputs)
    assert len({str(result) for result in forwards}) == len(case.inputs)
    assert [numbers(asdict(result)) for result in backwards[::-1]] == [
        pytest.approx(numbers(asdict(result)), rel=TOLERANCE) for result in forwards
    ]


def test_the_same_input_has_the_same_output(predictor, case):
    assert predictor.predict(case.inputs) == predictor.predict(case.inputs)


def test_a_batch_equals_its_rows_one_by_one(predictor, case):
    together = predictor.predict(case.inputs * 3)
    alone = [predictor.predict([each])[0] for each in case.inputs] * 3
    for one, other in zip(together, alone, strict=True):
        assert numbers(asdict(one)) == pytest.approx(numbers(asdict(other)), rel=TOLERANCE)


def test_results_are_finite_and_can_be_sent_as_json(predictor, case):
    for result in predictor.predict(case.inputs):
        assert numbers(asdict(result))
        assert json.loads(json.dumps(asdict(result), allow_nan=False))


def test_an_explanation_per_input_or_a_plain_refusal(predictor, case):
    try:
        explanations = predictor.explain(case.inputs)
    except NotExplainable:
        return
    assert len(explanations) == len(case.inputs)
    for explanation in explanations:
        sizes = [abs(share) for _, share in explanation.contributions]
        assert sizes == sorted(sizes, reverse=True)
        assert json.dumps(asdict(explanation), allow_nan=False)


def test_bad_input_names_its_index(predictor, case):
    if case.bad is None:
        pytest.skip("every input of this system can be predicted")
    with pytest.raises(BadInput) as caught:
        predictor.predict([*case.inputs, case.bad])
    assert caught.value.index == len(case.inputs)


def test_the_card_is_complete(system, predictor):
    card = predictor.card
    for text in (card.name, card.version, card.licence, card.source, card.trained_at):
        assert text
    assert card.limits
    assert card.metrics
    assert card.data
    assert isinstance(card.seed, int)
    assert card.version == live_folder(system).name


def test_the_sums_are_those_of_the_files(system, predictor):
    folder = live_folder(system)
    shipped = {path.name for path in folder.iterdir()} - {"card.toml"}
    assert shipped == set(predictor.card.files)
    assert {name: file_sha256(folder / name) for name in shipped} == dict(predictor.card.files)
    assert combined_sha256(predictor.card.files) == predictor.card.sha256


def test_weights_are_never_pickles(system):
    for path in live_folder(system).iterdir():
        assert path.suffix not in {".pkl", ".pickle", ".pt", ".pth", ".joblib", ".npy"}
        assert not path.read_bytes().startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"))


def test_a_flipped_byte_is_refused(system, loader, tmp_path):
    folder = shutil.copytree(live_folder(system), tmp_path / "model")
    victim = min(
        (path for path in folder.iterdir() if path.name != "card.toml"), key=lambda path: path.stat().st_size
    )
    raw = bytearray(victim.read_bytes())
    raw[len(raw) // 2] ^= 1
    victim.write_bytes(bytes(raw))
    with pytest.raises(WeightsError, match=victim.name):
        loader.load(folder)
