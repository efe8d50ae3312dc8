"""Charts as Plotly figures and maps as GeoJSON: what they show, and what they leave out."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from app.accidents.charts.intervals import turns_round, wilson

CASES = Path(__file__).parent / "cases"
ACCIDENTS = (
    "사고일시,시군구,사망자수,중상자수,경상자수,부상신고자수,사고유형,노면상태,기상상태,도로형태,ECLO\n"
    "2016년 1월 4일 08시,대구광역시 중구 대신동,1,0,0,0,차대차,건조,맑음,단일로,10\n"
    "2016년 1월 5일 18시,대구광역시 동구 신천동,0,1,0,0,차대사람,건조,맑음,교차로,5\n"
    "2017년 2월 6일 18시,대구광역시 동구 신천동,0,0,2,0,차대차,젖음,비,교차로,6\n"
    "2017년 2월 7일 18시,부산광역시 중구 동광동,0,0,1,0,차대차,젖음,비,교차로,3\n"
)
GENERAL = ("bar", "histogram", "box", "density", "scatter", "correlation", "crosstab")
OF_ACCIDENTS = (
    "hour_weekday",
    "monthly_trend",
    "severity_composition",
    "weather_surface",
    "road_accident_type",
    "district_ranking",
    "eclo_distribution",
)


@pytest.fixture(scope="module")
def of_case(running_stack):
    """Upload a case, or a text, once, and return its id."""
    ids = {}

    def upload(name, content=None):
        if name not in ids:
            content = content or (CASES / name / "input.csv").read_bytes()
            with running_stack.client() as client:
                answer = client.post("/api/datasets/upload", files={"file": (f"{name}.csv", content)})
            assert answer.status_code == 201, answer.text
            ids[name] = answer.json()["id"]
        return ids[name]

    return upload


def ask(client, kind, name, dataset, **params):
    answer = client.get(f"/api/{kind}/{name}", params={"dataset": dataset, **params})
    assert answer.status_code == 200, answer.text
    assert "bdata" not in answer.text
    assert len(answer.content) <= 200_000
    return json.loads(answer.text, parse_constant=pytest.fail)


def test_labels_that_look_like_numbers_are_categories(client, of_case):
    figure = ask(client, "charts", "bar", of_case("axis-of-codes"), x="line", y="score")
    assert len(set(figure["data"][0]["x"])) == 8
    assert "007" in figure["data"][0]["x"]
    assert figure["layout"]["xaxis"]["type"] == "category"


def test_the_twenty_largest_are_bars_and_the_rest_is_one_more_and_said(client, of_case):
    figure = ask(client, "charts", "bar", of_case("top-20-and-the-rest"), x="product")
    assert (len(figure["data"][0]["x"]), figure["data"][0]["y"][0], figure["data"][0]["y"][-1]) == (
        20,
        60,
        22,
    )
    assert figure["data"][1]["y"] == [80]
    assert "5 further values of product hold 80 of 900 rows" in figure["meta"]["alt_en"]
    assert figure["meta"]["table"]["rows"][0][:2] == ["P00", 60]


@pytest.mark.parametrize("name", ["histogram", "bar", "crosstab"])
def test_every_column_of_a_hostile_name_can_be_drawn(client, of_case, name):
    dataset = of_case("hostile-column-names")
    for column in client.get(f"/api/datasets/{dataset}").json()["schema"]:
        figure = ask(client, "charts", name, dataset, x=column["name"])
        assert figure["meta"]["rows_used"] == 2


@pytest.mark.parametrize("name", OF_ACCIDENTS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_chart_of_accidents_is_said_in_one_sentence_of_each_language(client, of_case, name, language):
    dataset = of_case("accidents", ACCIDENTS.encode())
    client.headers["Accept-Language"] = language
    figure = ask(client, "charts", name, dataset)
    assert figure["data"]
    assert figure["meta"]["alt_ko"] != figure["meta"]["alt_en"]
    used = figure["meta"]["rows_used"] + figure["meta"]["rows_left_out"]
    assert used == 4
    assert figure["meta"]["evidence_id"]


@pytest.mark.parametrize("by", ["count", "mean_eclo", "fatal_rate"])
def test_districts_are_ranked_with_intervals_and_few_are_marked(client, of_case, by):
    figure = ask(client, "charts", "district_ranking", of_case("accidents", ACCIDENTS.encode()), by=by)
    assert {row[0] for row in figure["meta"]["table"]["rows"]} == {"중구", "동구"}
    assert figure["meta"]["rows_left_out"] == 1
    assert "few" in {note["code"] for note in figure["meta"]["notes"]}


@pytest.mark.parametrize("name", GENERAL)
def test_general_charts_draw_numbers(client, of_case, name):
    figure = ask(client, "charts", name, of_case("accidents", ACCIDENTS.encode()), x="ECLO", y="경상자수")
    assert figure["data"]


@pytest.mark.parametrize(
    ("name", "params", "status"),
    [
        ("pie", {"x": "구"}, 404),
        ("bar", {}, 422),
        ("bar", {"x": "none"}, 422),
        ("scatter", {"x": "사고유형", "y": "ECLO"}, 422),
        ("density", {"x": "사고유형"}, 422),
    ],
)
def test_a_chart_that_cannot_be_drawn_says_what_is_needed(client, of_case, name, params, status):
    dataset = of_case("accidents", ACCIDENTS.encode())
    answer = client.get(f"/api/charts/{name}", params={"dataset": dataset, **params})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_chart_of_accidents_over_another_table_says_which_column_it_needs(client, of_case):
    answer = client.get("/api/charts/eclo_distribution", params={"dataset": of_case("axis-of-codes")})
    assert answer.status_code == 422
    assert "ECLO" in answer.json()["detail"]


def test_the_calibration_of_the_model_is_drawn_of_its_card(client):
    figure = client.get("/api/charts/calibration").json()
    assert len(figure["data"][0]["x"]) == 10


def test_the_intervals_of_a_share_are_wilsons():
    low, high = wilson(1, 10)
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert wilson(0, 0) is None


def test_a_comparison_that_turns_round_in_every_group_is_seen():
    totals = [("A", 58, 250), ("B", 24, 250)]
    severe, mild = [("A", 57, 200), ("B", 16, 50)], [("A", 1, 50), ("B", 8, 200)]
    assert turns_round(totals, [severe, mild])
    assert not turns_round(totals, [severe, [("A", 9, 50), ("B", 8, 200)]])


def test_districts_join_by_city_and_district_and_all_rows_are_accounted_for(client, of_case):
    drawn = ask(
        client,
        "maps",
        "choropleth",
        of_case("same-district-name-in-many-cities"),
        value="사고건수",
        aggregate="sum",
    )
    values = {each["properties"]["name"]: each["properties"]["사고건수"] for each in drawn["features"]}
    assert values == {"중구": 30, "달서구": 30, "동구": 5, "수성구": 5}
    meta = drawn["meta"]
    assert (meta["matched"], meta["elsewhere"], meta["ambiguous"], meta["missing"]) == (6, 3, 1, 0)
    assert meta["said_en"] == "6 of 10 rows are on the map; 3 lie in other cities and 1 names no city."
    assert "KOGL" in meta["attribution"]


def test_exchanged_axes_are_put_right_and_0_0_is_no_place(client, of_case):
    drawn = ask(client, "maps", "points", of_case("lat-lon-swapped"))
    assert drawn["features"][0]["geometry"]["coordinates"] == [128.59357, 35.86647]
    assert sum(each["properties"]["n"] for each in drawn["features"]) == 60
    assert drawn["meta"]["said_en"] == "3 of 5 rows are on the map; 1 has no position and 1 lies at 0,0."


def test_metres_are_drawn_where_they_lie(client, of_case):
    drawn = ask(client, "maps", "points", of_case("korean-tm-5186"))
    lon, lat = drawn["features"][0]["geometry"]["coordinates"]
    assert (abs(lon - 128.59357) < 1e-5, abs(lat - 35.86647) < 1e-5) == (True, True)


def test_an_area_shows_its_own_points(client, of_case):
    drawn = ask(client, "maps", "points", of_case("lat-lon-swapped"), bbox="128.4,35.7,128.6,35.87")
    assert (drawn["meta"]["matched"], drawn["meta"]["not_shown"]) == (2, 1)


@pytest.mark.parametrize("name", ["clusters", "heat"])
def test_cells_of_every_zoom_hold_all_points(client, of_case, name):
    for zoom in (0, 8, 15):
        drawn = ask(client, "maps", name, of_case("lat-lon-swapped"), zoom=zoom)
        assert sum(each["properties"]["rows"] for each in drawn["features"]) == 3


@pytest.mark.parametrize(
    "zooms", [(0, 11, 22), pytest.param((7, 15), marks=pytest.mark.slow("draws the zooms in between"))]
)
@pytest.mark.parametrize("rows", [4_999, 6_000])
def test_a_map_of_points_stays_small_at_every_zoom(client, of_case, rows, zooms):
    draw = random.Random(rows)
    lines = ["lat,lon,value,note,more,last"]
    for _ in range(rows):
        notes = ",".join("".join(draw.choices("가나다라마바사아자차카타파하xyz", k=40)) for _ in range(3))
        lines.append(
            f"{draw.uniform(35.6, 36.0):.6f},{draw.uniform(128.3, 128.8):.6f},{draw.random()},{notes}"
        )
    dataset = of_case(f"{rows} points", "\n".join(lines).encode())
    for name in ("points", "clusters", "heat"):
        for zoom in zooms:
            answer = client.get(f"/api/maps/{name}", params={"dataset": dataset, "zoom": zoom})
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["features"]) <= 5_000
            assert len(gzip.compress(answer.content, 6)) <= 300_000, (name, zoom)


def test_dong_and_differences_account_for_all_rows(client, of_case):
    dataset = of_case("accidents", ACCIDENTS.encode())
    bubbles = ask(client, "maps", "dong", dataset)["meta"]
    assert bubbles["matched"] + bubbles["elsewhere"] + bubbles["unplaced"] == 4
    periods = {"first": "2016-01-01/2016-12-31", "second": "2017-01-01/2017-12-31"}
    changed = ask(client, "maps", "difference", dataset, **periods)
    differences = {
        each["properties"]["name"]: each["properties"]["difference"] for each in changed["features"]
    }
    assert differences == {"중구": -1, "동구": 0}


def test_an_overlay_names_the_data_set_of_each_point(client, of_case):
    both = [of_case("lat-lon-swapped"), of_case("korean-tm-5186")]
    answer = client.get("/api/maps/overlay", params={"dataset": both})
    drawn = answer.json()
    assert {each["properties"]["dataset_id"] for each in drawn["features"]} == set(both)
    assert drawn["meta"]["matched"] == 6


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("points", {"bbox": "1,2"}),
        ("points", {"zoom": 99}),
        ("difference", {}),
        ("difference", {"first": "2016", "second": "2017"}),
        ("choropleth", {"value": "none"}),
    ],
)
def test_a_map_that_cannot_be_drawn_says_what_is_right(client, of_case, name, params):
    dataset = of_case("lat-lon-swapped")
    answer = client.get(f"/api/maps/{name}", params={"dataset": dataset, **params})
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) > 20
