"""Draw layers with Folium as one page that asks no other file: Leaflet stands in it, outlines are its base.

Folium renders what it is given as templates, twice: text of a data set never goes through it. That
stands as JSON beside its scripts, which write it as text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from importlib.metadata import files
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from app.accidents.maps.outlines import ATTRIBUTION, districts
from workers.accidents.maps.layer import Layer

CENTRE, ZOOM = (35.83, 128.57), 11  # of Daegu
COLOURS = ("#1b6ca8", "#c2410c", "#15803d", "#7e22ce", "#a16207")
SHADES = ("#eff6ff", "#bfdbfe", "#60a5fa", "#2563eb", "#1e3a8a")  # of districts, from the least figure up
LESS, SAME, MORE = "#15803d", "#e5e7eb", "#b91c1c"  # of what changed between two periods
SMALLEST, LARGEST = 4.0, 26.0  # pixels, the radius of a circle
OUTLINE = {"color": "#64748b", "weight": 1, "fillOpacity": 0.05}
NOT_SHOWN = {"code", "cell", "lon", "lat"}  # members of a feature that say nothing to a reader


class Written(Element):
    """A part of the page that is there as it stands, and is no template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_kwargs: Any) -> str:
        """Return the text."""
        return self._text


class Popups(MacroElement):
    """Popups of a layer: its cells, from the page's JSON, are written as text, whatever they hold."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        {{ this.layer }}.bindPopup(function (layer) {
            var box = document.createElement("table");
            words.cells[{{ this.number }}][layer.feature.properties.number].forEach(function (entry) {
                var row = box.insertRow();
                row.insertCell().textContent = entry[0];
                row.insertCell().textContent = entry[1];
            });
            return box;
        }, {maxWidth: 420});
        {% endmacro %}
        """
    )

    def __init__(self, layer: folium.GeoJson, number: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.layer, self.number = layer.get_name(), number


class Legend(MacroElement):
    """What the map shows, how many rows are on it, and whose outlines they are."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        (function () {
            var legend = L.control({position: "topright"});
            legend.onAdd = function () {
                var box = L.DomUtil.create("div", "legend");
                words.legend.forEach(function (line) {
                    var row = box.appendChild(document.createElement("p"));
                    if (line.colour) { row.style.borderLeft = "10px solid " + line.colour; }
                    row.textContent = line.text;
                });
                return box;
            };
            legend.addTo({{ this.map }});
            {{ this.map }}.attributionControl.setPrefix(false);
            {{ this.map }}.attributionControl.addAttribution({{ this.attribution|tojson }});
        })();
        {% endmacro %}
        """
    )

    def __init__(self, page: folium.Map) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.map, self.attribution = page.get_name(), ATTRIBUTION


STYLE = (
    ".leaflet-container{background:#f8fafc}"
    ".legend{background:#fff;padding:8px 12px;max-width:320px;border:1px solid #94a3b8;font:14px sans-serif}"
    ".legend p{margin:2px 0;padding-left:6px}.leaflet-popup-content td{padding:1px 6px;vertical-align:top}"
)


def page_of(layers: Sequence[Layer]) -> str:
    """Return HTML of layers over the outlines of Daegu's districts; it needs no network and no other file."""
    page = folium.Map(CENTRE, zoom_start=ZOOM, tiles=None, attributionControl=True, prefer_canvas=True)
    page.default_js, page.default_css = [], []  # these would be asked of other servers
    root = page.get_root()
    if not isinstance(root, Figure):
        raise TypeError(f"the root of a map is a {type(root).__name__}, not a Figure")
    words = {
        "legend": list(_lines(layers)),
        "cells": [[_cells(each) for each in layer.features] for layer in layers],
    }
    for part in (
        f"<title>{escape(', '.join(layer.title for layer in layers))}</title>",
        f"<style>{_asset('leaflet.css')}{STYLE}</style>",
        f"<script>{_asset('leaflet.js')}</script>",
        f"<script>var words = {_json(words)};</script>",
    ):
        root.header.add_child(Written(part))
    base = {"type": "FeatureCollection", "features": list(districts().values())}
    folium.GeoJson(base, style_function=lambda _: OUTLINE, interactive=False).add_to(page)
    for number, layer in enumerate(layers):
        _add(page, layer, number)
    Legend(page).add_to(page)
    return str(root.render())


@cache
def _asset(name: str) -> str:
    """Return a file of Leaflet as the installed package has it; no end of a script stands in it."""
    for each in files("XStatic-Leaflet") or ():
        if each.name == name:
            text = each.read_text(encoding="utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
            return text.replace("</script", "<\\/script")
    raise FileNotFoundError(f"XStatic-Leaflet has no {name}")


def _json(document: Any) -> str:
    """Return a document as a script may hold it: no tag begins in it."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _add(page: folium.Map, layer: Layer, number: int) -> None:
    """Add a layer's features, each with a popup of what it says."""
    if not layer.features:
        return
    scale, colour = Scale(layer), COLOURS[number % len(COLOURS)]
    features = [
        {
            "type": "Feature",
            "geometry": each["geometry"],
            "properties": {"number": i, "style": scale.style(each, colour)},
        }
        for i, each in enumerate(layer.features)
    ]
    drawn = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        marker=folium.CircleMarker(radius=SMALLEST),
        style_function=lambda feature: feature["properties"]["style"],
    )
    drawn.add_to(page)
    Popups(drawn, number).add_to(page)


def _cells(feature: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the popup of a feature says."""
    return [(name, _text(value)) for name, value in feature["properties"].items() if name not in NOT_SHOWN]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


class Scale:
    """How figures become colours and sizes: by their rank among the features of the map."""

    def __init__(self, layer: Layer) -> None:
        self.figure = "difference" if layer.map == "difference" else str(layer.meta.get("value", "rows"))
        self.is_change = layer.map == "difference"
        numbers = [self.number(each["properties"]) for each in layer.features]
        self.ordered = sorted(set(numbers))
        self.most = max((abs(each) for each in numbers), default=0.0) or 1.0

    def number(self, properties: Mapping[str, Any]) -> float:
        """Return the figure of a feature; one row where it has none."""
        value = properties.get(self.figure, properties.get("rows", 1))
        return float(value) if isinstance(value, int | float) else 0.0

    def style(self, feature: Mapping[str, Any], colour: str) -> dict[str, Any]:
        """Return how a feature is drawn, in Leaflet's words."""
        number = self.number(feature["properties"])
        if feature["geometry"]["type"] == "Point":
            area = SMALLEST + (LARGEST - SMALLEST) * math.sqrt(abs(number) / self.most)
            radius = round(area if len(self.ordered) > 1 else SMALLEST, 1)
            return {"color": colour, "weight": 1, "fillOpacity": 0.5, "radius": radius}
        return {"color": "#334155", "weight": 1, "fillColor": self._shade(number), "fillOpacity": 0.75}

    def _shade(self, number: float) -> str:
        if self.is_change:
            return MORE if number > 0 else LESS if number < 0 else SAME
        rank = self.ordered.index(number) / max(len(self.ordered) - 1, 1)
        return SHADES[round(rank * (len(SHADES) - 1))]


def _lines(layers: Sequence[Layer]) -> Iterator[dict[str, str]]:
    """Yield what the legend says of each layer."""
    for number, layer in enumerate(layers):
        what = layer.meta.get("value", layer.map)
        yield {"text": f"{layer.title}: {what}", "colour": COLOURS[number % len(COLOURS)]}
        yield {"text": str(layer.meta["said_ko"])}
        yield {"text": str(layer.meta["said_en"])}
