"""Maps as pages: drawn by a worker, opened without a network, gone with their data sets."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from app.accidents.maps.models import MapExport
from app.extensions import db
from tests.clients import watched
from tests.stacks import wait_for

HOSTILE = Path(__file__).parent / "cases/popup-text-that-breaks-the-map/input.csv"
DISTRICTS = "시군구,건수\n대구광역시 중구 대신동,3\n대구광역시 동구 신천동,5\n"
POPUPS = """() => {
    const texts = [];
    for (const group of Object.values(window).filter(each => each instanceof L.GeoJSON && each.getPopup())) {
        group.eachLayer(each => {
            const place = each.getLatLng ? each.getLatLng() : each.getBounds().getCenter();
            each.fire("click", {latlng: place}, true);
            texts.push(document.querySelector(".leaflet-popup-content").innerText);
        });
    }
    return texts;
}"""


def dataset_of(client, content, name="table.csv"):
    answer = client.post("/api/datasets/upload", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def exported(client, name, **query):
    """Have a map made into a page, and return where that is, and it."""
    asked = client.post(f"/api/maps/{name}/exports", params=query)
    assert asked.status_code == 202, asked.text
    url = asked.headers["Location"]
    return url, wait_for(lambda: (page := client.get(url)).status_code != 409 and page)


@pytest.mark.browser
def test_a_page_asks_for_nothing_and_writes_hostile_cells_as_text(client, browser, tmp_path):
    _, page = exported(client, "points", dataset=dataset_of(client, HOSTILE.read_bytes()))
    assert page.status_code == 200, page.text
    assert len(page.content) <= 2_000_000
    path = tmp_path / "map.html"
    path.write_bytes(page.content)
    with watched(browser, path.as_uri(), offline=True) as sight:
        popups = sight.page.evaluate(POPUPS)
        legend = sight.page.inner_text(".legend")
        outlines = sight.page.locator("canvas").count()
    assert (sight.console, sight.dialogs, sight.requests) == ([], [], [path.as_uri()])
    with HOSTILE.open(encoding="utf-8", newline="") as lines:
        names = {row["name"] for row in csv.DictReader(lines)}
    assert {popup.split("\t", 1)[1].strip() for popup in popups} == names
    assert "5 of 5 rows are on the map." in legend
    assert outlines >= 1


@pytest.mark.browser
@pytest.mark.parametrize(
    "name", ["choropleth", pytest.param("dong", marks=pytest.mark.slow("draws a second page"))]
)
def test_a_page_of_districts_shows_each_with_its_figure(client, browser, tmp_path, name):
    _, page = exported(client, name, dataset=dataset_of(client, DISTRICTS), value="건수", aggregate="sum")
    assert page.status_code == 200, page.text
    path = tmp_path / "map.html"
    path.write_bytes(page.content)
    with watched(browser, path.as_uri(), offline=True) as sight:
        popups = sight.page.evaluate(POPUPS)
    assert (sight.console, sight.requests) == ([], [path.as_uri()])
    assert len(popups) == 2
    assert all(re.search(r"[35]\b", popup) for popup in popups)


def test_an_overlay_has_every_data_set_in_its_page(client):
    both = [dataset_of(client, HOSTILE.read_bytes(), f"{name}.csv") for name in ("first", "second")]
    _, page = exported(client, "overlay", dataset=both)
    assert "first.csv: points" in page.text
    assert "second.csv: points" in page.text


def test_a_page_goes_with_its_data_set(client, app):
    dataset_id = dataset_of(client, HOSTILE.read_bytes())
    url, page = exported(client, "heat", dataset=dataset_id)
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert client.delete(f"/api/datasets/{dataset_id}").status_code == 200
    assert client.get(url).status_code == 410
    left = select(func.count()).select_from(MapExport)
    job_id = url.rsplit("/", 1)[1]
    assert db.session.scalar(left.where(MapExport.job_id == job_id)) == 0


@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("points", {}, 422),
        ("pints", {"dataset": str(uuid4())}, 404),
        ("points", {"dataset": str(uuid4())}, 404),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_a_job(client, name, query, status):
    answer = client.post(f"/api/maps/{name}/exports", params=query)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_map_that_a_table_has_not_the_columns_for_fails_with_the_reason(client):
    _, page = exported(client, "points", dataset=dataset_of(client, DISTRICTS))
    assert page.status_code == 422
    assert "latitudes" in page.json()["detail"]


def test_nobody_elses_page_can_be_read(client, anybody):
    assert isinstance(anybody, httpx.Client)
    url, _ = exported(client, "heat", dataset=dataset_of(client, HOSTILE.read_bytes()))
    assert anybody.get(url).status_code in {401, 404}
