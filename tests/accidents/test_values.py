import unicodedata
from pathlib import Path

import pytest

from app.accidents.severity import consistency, values, wording

EXAMPLE = {  # the API's own
    "weather": "맑음",
    "road_surface": "건조",
    "road_type": "교차로",
    "accident_type": "차대차",
    "time_period": "낮",
    "district": "중구",
    "day_of_week": "월요일",
    "accident_hour": 14,
    "accident_year": 2024,
    "accident_month": 12,
    "accident_day": 10,
}


def fitting(**changes):
    """Return an accident in which nothing contradicts, but for the changes."""
    whole = {"accident_year": 2017, "accident_month": 3, "accident_day": 6, "accident_hour": 14}
    whole |= {"day_of_week": "월요일", "time_period": "일반시간대", "accident_type": "차대차"}
    return whole | changes


def codes(accident):
    return [each.code for each in consistency.contradictions(accident)]


def test_every_field_of_the_documented_example_has_a_canonical_value():
    for field in values.fields():
        if field in EXAMPLE:
            assert values.canonical(field, EXAMPLE[field]) in values.allowed(field)


@pytest.mark.parametrize("field", values.fields())
def test_a_canonical_value_is_its_own_name(field):
    assert values.allowed(field)
    for value in values.allowed(field):
        assert values.canonical(field, value) == value


@pytest.mark.parametrize("field", values.fields())
def test_no_name_leads_to_two_values(field):
    owners = {}
    for value, others in values._names(field).items():
        for name in (value, *others):
            assert owners.setdefault(values._key(name), value) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("road_surface", "습기", "젖음/습기"),
        ("road_surface", "결빙", "서리/결빙"),
        ("road_type", "단일로 - 횡단보도상", "단일로 - 기타"),
        ("road_type", "단일로-횡단보도부근", "단일로 - 기타"),
        ("road_type", "주차장", "주차장 - 주차장"),
        ("road_type", "교차로", "교차로"),
        ("accident_type", "차대차 - 추돌 - 진행중", "차대차"),
        ("accident_type", "차량단독 - 주차차량충돌", "차량단독"),
        ("accident_subtype", "추돌", "차대차 - 추돌"),
        ("accident_subtype", "차량단독 - 주차차량충돌", "차량단독 - 주/정차차량 충돌"),
        ("day_of_week", "월", "월요일"),
        ("time_period", "주간", "낮"),
        ("vehicle_other", "보행자", "보행자"),
        ("violation", "신호위반", "신호위반"),
    ],
)
def test_labels_of_other_years_lead_to_todays(field, text, value):
    assert values.canonical(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("weather", "Clear", "맑음"),
        ("weather", "rain", "비"),
        ("road_surface", "WET", "젖음/습기"),
        ("road_type", "intersection", "교차로"),
        ("road_type", "Tunnel", "단일로 - 터널"),
        ("accident_type", "vehicle-vehicle", "차대차"),
        ("time_period", "morning rush", "출근시간대"),
        ("day_of_week", "Mon", "월요일"),
        ("day_of_week", "sunday", "일요일"),
        ("vehicle_at_fault", "car", "승용"),
        ("vehicle_other", "pedestrian", "보행자"),
        ("violation", "speeding", "과속"),
        ("district", "Jung-gu", "대구광역시 중구"),
        ("district", "Suseong", "대구광역시 수성구"),
        ("district", "Beomeo-dong, Suseong-gu, Daegu", "대구광역시 수성구 범어동"),
        ("district", "Daegu Buk-gu Eumnae-dong", "대구광역시 북구 읍내동"),
        ("district", "buk-gu eupnae-dong", "대구광역시 북구 읍내동"),
    ],
)
def test_english_names_are_understood(field, text, value):
    assert values.canonical(field, text) == value


@pytest.mark.parametrize("name", ["중구", "동구", "서구", "남구", "북구", "수성구", "달서구", "달성군"])
def test_a_district_alone_is_enough(name):
    assert values.canonical("district", name) == f"대구광역시 {name}"
    assert values.canonical("district", f"대구 {name}") == f"대구광역시 {name}"
    assert values.gu(f"대구광역시 {name}") == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("대구광역시 달성군 옥포면", "대구광역시 달성군 옥포읍"),
        ("대구광역시 달성군 논공읍공단출장", "대구광역시 달성군 논공읍"),
        ("대구광역시 동구 내곡동", "대구광역시 동구 내곡동"),
        ("대구광역시 중구 서내동", "대구광역시 중구 서내동"),
        ("범어동", "대구광역시 수성구 범어동"),
    ],
)
def test_districts_of_2007_to_2018_are_known(text, value):
    assert values.canonical("district", text) == value


def test_a_dong_that_two_districts_have_needs_its_district():
    assert values.canonical("district", "도원동") is None
    assert values.canonical("district", "중구 도원동") == "대구광역시 중구 도원동"
    assert values.canonical("district", "달서구 도원동") == "대구광역시 달서구 도원동"


def test_spaces_case_and_unicode_form_do_not_matter():
    assert values.canonical("road_type", "  교차로-교차로안\n") == "교차로 - 교차로안"
    assert values.canonical("weather", unicodedata.normalize("NFD", "맑음")) == "맑음"
    assert values.canonical("weather", "cLeAr") == "맑음"


@pytest.mark.parametrize("text", ["", "  ", "맑", "hail", "0", "'; DROP TABLE"])
def test_what_is_not_known_has_no_value(text):
    assert values.canonical("weather", text) is None


def test_an_unknown_field_is_a_key_error():
    with pytest.raises(KeyError):
        values.canonical("colour", "맑음")


def test_the_time_period_follows_the_hour():
    periods = [values.time_period(hour) for hour in range(24)]
    assert [hour for hour in range(24) if periods[hour] == "심야"] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert [hour for hour in range(24) if periods[hour] == "출근시간대"] == [7, 8, 9]
    assert [hour for hour in range(24) if periods[hour] == "퇴근시간대"] == [17, 18, 19]


def test_the_weekday_follows_the_date():
    assert values.weekday(2024, 12, 10) == "화요일"
    assert values.weekday(2023, 2, 30) is None


def test_what_fits_together_has_no_warning():
    assert consistency.contradictions(fitting()) == ()
    assert codes(fitting(time_period="낮")) == []
    assert codes(fitting(accident_subtype="차대차 - 추돌")) == []


def test_each_contradiction_is_named():
    assert codes(fitting(day_of_week="화요일")) == ["weekday"]
    assert codes(fitting(accident_day=32)) == ["no_such_date"]
    assert codes(fitting(time_period="심야")) == ["time_period"]
    assert codes(fitting(time_period="밤")) == ["time_period"]
    assert codes(fitting(time_period="낮", accident_hour=2)) == ["time_period"]
    assert codes(fitting(accident_subtype="차대사람 - 횡단중")) == ["subtype"]


def test_the_documented_example_warns_of_weekday_and_year():
    given = {k: values.canonical(k, v) if isinstance(v, str) else v for k, v in EXAMPLE.items()}
    weekday, year = consistency.contradictions(given)
    assert (weekday.code, weekday.given, weekday.used) == ("weekday", "월요일", "화요일")
    assert (year.code, year.given, year.used) == ("year_untrained", "2024", "2017")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_contradiction_has_a_sentence(language):
    faulty = fitting(
        day_of_week="화요일", time_period="심야", accident_year=2030, accident_subtype="차대사람 - 횡단중"
    )
    sentences = [wording.warn(each, language) for each in consistency.contradictions(faulty)]
    sentences += [
        wording.warn(each, language)
        for each in consistency.contradictions(fitting(accident_day=31, accident_month=2))
    ]
    assert len(sentences) == len(set(sentences)) == 5
    assert any("화요일" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("eclo", "band"),
    [(1, "minor"), (3.4, "minor"), (3.5, "moderate"), (5.4, "moderate"), (5.5, "serious"), (9.4, "serious"),
     (9.5, "very_serious"), (80, "very_serious")],
)  # fmt: skip
def test_bands_are_those_of_the_datas_quantiles(eclo, band):
    assert wording.interpret(eclo) == band


def test_a_severity_reads_in_both_languages():
    result = {"eclo": 4.84, "p10": 3.0, "p90": 8.6, "p_fatal": 0.0123}
    word, detail = wording.describe(result, "ko")
    assert word == "보통"
    assert "4.8" in detail
    assert "3~9" in detail
    assert "1.2%" in detail
    word, detail = wording.describe(result, "en")
    assert word == "moderate"
    assert "between 3 and 9" in detail


def test_the_tables_of_values_do_not_import_what_computes():
    source = Path(values.__file__).read_text(encoding="utf-8") + Path(wording.__file__).read_text(
        encoding="utf-8"
    )
    assert not any(f"import {name}" in source for name in ("numpy", "workers", "lightgbm"))
