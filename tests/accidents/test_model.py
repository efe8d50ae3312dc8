import math
import re
from dataclasses import asdict, replace

import numpy as np
import pytest

from app.accidents.severity import values
from workers.accidents import metrics, table, train
from workers.accidents.features import (
    CATEGORICAL,
    ELEVEN,
    EXTENDED,
    Accident,
    as_columns,
    codes_of,
    encode,
    levels,
)
from workers.accidents.fit import Rows, with_copies
from workers.accidents.predictor import FIGURES, SeverityPredictor, combine
from workers.sdk.weights import file_sha256, live_folder

CODES = codes_of(levels())


def accident(**changes):
    """Return an ordinary accident, but for the changes."""
    ordinary = Accident(
        weather="맑음",
        road_surface="건조",
        road_type="교차로 - 교차로안",
        accident_type="차대차",
        time_period="일반시간대",
        district="대구광역시 수성구 범어동",
        day_of_week="월요일",
        accident_hour=14,
        accident_year=2017,
        accident_month=3,
        accident_day=6,
    )
    return replace(ordinary, **changes)


def features(**changes):
    """Return the features of one accident by name."""
    row = encode(as_columns([accident(**changes)]), CODES)[0]
    return dict(zip(EXTENDED, row.tolist(), strict=True))


@pytest.fixture(scope="module")
def predictor():
    return SeverityPredictor.load(live_folder("accidents"))


def outcomes(**counts):
    n = max(len(column) for column in counts.values())
    return metrics.Outcomes(
        *(np.array(counts.get(name, [0] * n), float) for name in metrics.Outcomes.__slots__)
    )


def test_a_whole_accident_has_no_gap_in_the_eleven_fields():
    row = encode(as_columns([accident()]), CODES)
    assert row.shape == (1, len(EXTENDED))
    assert not np.isnan(row[0, : len(ELEVEN)]).any()
    assert np.isnan(row[0, len(ELEVEN) :]).all()


def test_a_coarse_place_keeps_its_class_and_lacks_the_rest():
    coarse = features(road_type="교차로", district="대구광역시 수성구")
    fine = features()
    assert math.isnan(coarse["road_type"])
    assert math.isnan(coarse["dong"])
    assert coarse["road_class"] == fine["road_class"]
    assert coarse["gu"] == fine["gu"]


def test_every_canonical_value_has_a_code():
    for name in (
        "weather",
        "road_surface",
        "accident_type",
        "violation",
        "vehicle_other",
        "accident_subtype",
    ):
        assert not any(math.isnan(CODES[name][value]) for value in values.allowed(name))
    assert set(CODES) == set(CATEGORICAL)
    assert len({CODES["gu"][value] for value in values.allowed("district")}) == 8
    assert {CODES["road_class"][v] for v in values.allowed("road_type")} == {0.0, 1.0, 2.0, 3.0, 4.0}


def test_the_weekday_of_the_date_counts():
    assert features(day_of_week="토요일") == pytest.approx(features(), nan_ok=True)
    assert features(day_of_week=None)["day_of_week"] == CODES["day_of_week"]["월요일"]
    assert (
        features(accident_month=2, accident_day=30, day_of_week="토요일")["day_of_week"]
        == CODES["day_of_week"]["토요일"]
    )


def test_older_subtypes_are_read_as_todays():
    assert (
        features(accident_subtype="차대차 - 측면직각충돌")["accident_subtype"]
        == features(accident_subtype="차대차 - 측면충돌")["accident_subtype"]
    )


def test_a_value_the_model_never_saw_is_not_known():
    seen = {**levels(), "weather": ("맑음",)}
    matrix = encode(as_columns([accident(weather="눈"), accident()]), codes_of(seen))
    assert math.isnan(matrix[0, 0])
    assert matrix[1, 0] == 0


def test_copies_with_gaps_come_after_the_whole_rows():
    matrix = encode(as_columns([accident(violation="과속", vehicle_other="승용")] * 200), CODES)
    rows = Rows(matrix, outcomes(minor=[1] * 200))
    shown = with_copies(rows)
    assert np.array_equal(shown.matrix[:200], matrix, equal_nan=True)
    assert 5 <= len(shown.matrix) - 200 <= 60
    assert len(shown.outcomes.eclo) == len(shown.matrix)
    assert np.isnan(shown.matrix[200:, EXTENDED.index("violation")]).any()
    assert not np.isnan(shown.matrix[:, EXTENDED.index("weather")]).any()


def test_eclo_is_the_weighted_sum_of_its_parts(predictor):
    for severity in predictor.predict([accident(), accident(accident_hour=3, vehicle_other="보행자")]):
        parts = 10 * severity.deaths + 5 * severity.serious + 3 * severity.minor + severity.reported
        assert severity.eclo == pytest.approx(parts)


def test_figures_are_plausible_and_ordered(predictor):
    for severity in predictor.predict([accident(accident_hour=hour) for hour in range(24)]):
        assert 1 <= severity.p10 <= severity.typical <= severity.p90
        assert 2 < severity.eclo < 20
        assert severity.p10 < severity.eclo < severity.p90
        assert 0 < severity.p_fatal < 0.2


def test_the_answer_tells_accidents_apart(predictor):
    car, person = predictor.predict(
        [accident(), accident(accident_type="차대사람", accident_hour=3, road_type="단일로 - 기타")]
    )
    assert person.p_fatal > 2 * car.p_fatal
    assert person.serious > car.serious


def test_optional_fields_change_the_answer(predictor):
    bare, slow, head_on = predictor.predict(
        [
            accident(),
            accident(vehicle_at_fault="자전거", vehicle_other="자전거"),
            accident(violation="중앙선침범", accident_subtype="차대차 - 정면충돌"),
        ]
    )
    assert bare.typical != slow.typical
    assert head_on.typical > bare.typical


def test_coarse_answers_are_near_the_fine_ones(predictor):
    fine = predictor.predict([accident(district=d) for d in values.allowed("district") if "수성구 " in d])
    coarse = predictor.predict([accident(district="대구광역시 수성구")])[0]
    assert min(f.typical for f in fine) <= coarse.typical <= max(f.typical for f in fine)


def test_time_period_alone_changes_nothing(predictor):
    assert predictor.predict([accident(time_period="심야")]) == predictor.predict([accident()])


def test_contributions_add_up_to_the_log_of_the_typical_value(predictor):
    cases = [accident(), accident(violation="신호위반"), accident(district="대구광역시 중구")]
    for severity, why in zip(predictor.predict(cases), predictor.explain(cases), strict=True):
        total = why.base + sum(share for _, share in why.contributions)
        assert math.expm1(total) == pytest.approx(severity.typical)


def test_contributions_are_named_after_fields(predictor):
    (why,) = predictor.explain([accident(violation="신호위반")])
    assert {name for name, _ in why.contributions} <= {*values.REQUIRED, *values.OPTIONAL}
    assert len(why.contributions) == len({name for name, _ in why.contributions})
    assert predictor.explain([]) == []


def test_mixed_batches_keep_their_order(predictor):
    batch = [accident(accident_hour=h, violation="과속" if h % 2 else None) for h in range(24)]
    assert predictor.predict(batch) == [predictor.predict([each])[0] for each in batch]


def test_crossed_quantiles_are_put_in_order():
    answers = {name: np.array([0.1]) for name in ("fatal", "serious", "minor", "reported")}
    answers |= {"typical": np.log1p([4.0]), "p10": np.array([9.0]), "p90": np.array([2.0])}
    (row,) = combine(answers, deaths_per_fatal=1.0).tolist()
    figures = dict(zip(FIGURES, row, strict=True))
    assert figures["p10"] == figures["typical"] == figures["p90"] == pytest.approx(4.0)
    assert figures["eclo"] == pytest.approx(1.9)


def test_eclo_weighs_deaths_ten_times():
    assert outcomes(deaths=[1], serious=[1], minor=[1], reported=[1]).eclo.tolist() == [19]


def test_auc_counts_ties_half():
    positive = np.array([True, False, True, False])
    assert metrics.auc(np.array([2.0, 1.0, 2.0, 1.0]), positive) == 1
    assert metrics.auc(np.zeros(4), positive) == 0.5
    assert metrics.auc(np.array([1.0, 2.0, 3.0, 1.0]), positive) == pytest.approx(0.625)


def test_calibration_is_by_tenth_of_the_prediction():
    predicted = np.tile(np.arange(1.0, 11), 5)
    real = np.where(predicted < 6, predicted, predicted / 2)
    assert metrics.calibration(predicted, real) == [1.0] * 5 + [2.0] * 5


def test_figures_stand_beside_their_baselines():
    before = outcomes(minor=[1, 2, 1, 1] * 5)
    table = np.tile([4.0, 3.5, 3.0, 6.0, 0.0, 0.0, 1.3, 0.0, 0.01], (20, 1))
    after = outcomes(deaths=[1, *[0] * 19], minor=[1] * 20)
    figures = metrics.measure(table, after, before=before)
    assert figures["coverage_p10_p90"] == 0.95
    assert figures["auc_fatal"] == 0.5
    assert figures["rmsle_best_constant"] > 0
    assert len(figures["calibration_by_decile"]) == 10


def test_the_card_holds_every_figure_beside_its_baseline(predictor):
    for kind in ("eleven", "extended"):
        figures = predictor.card.metrics[kind]
        assert figures["rmsle"] < figures["rmsle_best_constant"]
        assert figures["rmse_mean"] < figures["rmse_constant"]
        assert figures["auc_fatal"] > figures["auc_constant"]
        assert figures["calibration_worst"] <= 0.08
        assert 0.78 <= figures["coverage_p10_p90"] <= 0.86
    assert predictor.card.metrics["eleven"]["rmsle"] <= 0.448
    assert predictor.card.metrics["extended"]["rmsle"] <= 0.423


def test_a_severity_has_the_figures_in_their_order(predictor):
    assert tuple(asdict(predictor.predict([accident()])[0])) == FIGURES


def taas(path, years, *, per_year, seed=0):
    """Write made-up accidents of some years as a TAAS table."""
    random = np.random.default_rng(seed)
    names = [
        "사고일시",
        "요일",
        "시군구",
        "사망자수",
        "중상자수",
        "경상자수",
        "부상신고자수",
        "사고유형",
        "노면상태",
    ]
    lines = [",".join([*names, "기상상태", "도로형태", "법규위반"])]
    for year in years:
        for _ in range(per_year):
            month, hour, hurt = random.integers(1, 13), random.integers(24), random.integers(1, 4)
            kind = random.choice(["차대차 - 추돌", "차대사람 - 횡단중"])
            counts = f"{int(random.random() < 0.05)},{int(kind[2:4] == '사람')},{hurt},{random.integers(2)}"
            moment = f"{year}년 {month}월 1일 {hour:02}시"
            lines.append(
                f"{moment},월요일,대구광역시 중구 교동,{counts},{kind},건조,맑음,교차로 - 교차로안,과속"
            )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a folder of weights fitted on made-up years, the data and the figures."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("weights")
    taas(data / "accidents.csv", range(2007, 2011), per_year=300)
    return folder, data, train.train(data, folder)


def test_training_writes_a_model_that_loads_with_a_whole_card(trained):
    folder, data, figures = trained
    loaded = SeverityPredictor.load(folder)
    assert loaded.predict([accident()])[0].eclo > 1
    assert loaded.card.data["years"] == [2007, 2010]
    assert loaded.card.data["files"] == {"accidents.csv": file_sha256(data / "accidents.csv")}
    assert loaded.card.metrics["eleven"] == figures["eleven"]
    assert figures["tested_years"] == [2010, 2010]
    assert figures["rows"] == 300


def test_training_twice_gives_the_same_files(trained, tmp_path):
    folder, data, figures = trained
    assert train.train(data, tmp_path) == figures
    assert SeverityPredictor.load(tmp_path).card.files == SeverityPredictor.load(folder).card.files


def test_no_outcome_is_a_feature():
    assert not {"deaths", "serious", "minor", "reported", "eclo"} & set(EXTENDED)


def test_evaluation_on_later_years_tests_the_shipped_weights(tmp_path, predictor):
    taas(tmp_path / "later.csv", [2018, 2019], per_year=20)
    evaluated = train.evaluate(tmp_path)
    assert evaluated["tested_years"] == [2018, 2019]
    assert evaluated["rows"] == 40
    rows = train.load(tmp_path, codes=predictor.codes)
    figures = predictor.models.figures(rows.matrix)
    typical = figures[:, FIGURES.index("typical")]
    assert evaluated["extended"]["rmsle"] == pytest.approx(
        metrics.rmsle(typical, rows.outcomes.eclo), abs=1e-5
    )


def test_data_without_outcomes_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(table.TableError, match="사망자수"):
        train.load(tmp_path)


def test_training_stops_at_an_unusable_value(tmp_path):
    taas(tmp_path / "in.csv", [2018], per_year=3)
    text = (tmp_path / "in.csv").read_text(encoding="utf-8").replace("맑음", "우박")
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    with pytest.raises(table.TableError, match="row 1: 기상상태: '우박'"):
        train.load(tmp_path)


def test_training_stops_at_a_day_that_there_is_not(tmp_path):
    taas(tmp_path / "in.csv", [2018], per_year=3)
    text = re.sub(r"\d+월 1일", "2월 30일", (tmp_path / "in.csv").read_text(encoding="utf-8"), count=1)
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    with pytest.raises(table.TableError, match="row 1: 사고일시: 2018-02-30 is not a date"):
        train.load(tmp_path)
