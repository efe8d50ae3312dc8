"""Find the two columns that say where a row lies, in which system, and turn them into degrees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from app.accidents.maps.outlines import is_in_city
from workers.accidents.datasets.faults import Warned

# Korea without its remote isles, degrees: what a guess of the system has to hit.
WEST, EAST, SOUTH, NORTH = 125.8, 129.8, 33.0, 38.7
LATITUDES, LONGITUDES = (33.0, 43.1), (124.0, 132.0)  # of all Korea
SYSTEMS: Mapping[str, str] = {
    "EPSG:5186": "중부원점 2010 (200,000 / 600,000)",
    "EPSG:5187": "동부원점 2010 (200,000 / 600,000)",
    "EPSG:5174": "Bessel 중부원점 (200,000 / 500,000)",
    "EPSG:5181": "GRS80 중부원점 (200,000 / 500,000)",
    "EPSG:5179": "UTM-K (1,000,000 / 2,000,000)",
}
DEGREES = "EPSG:4326"
SAMPLE = 500
MOST_DEGREES = 180.0
PLACES = 7  # decimals of a degree, about a centimetre

_LATITUDE = re.compile(
    r"(?i)^(lat(itude)?|.*위도.*|y|.*[\s_(]lat(itude)?\)?|.*좌표\s*_?\(?y\)?|y\s*_?좌표.*|y_?coord.*|ycrd.*)$"
)
_LONGITUDE = re.compile(
    r"(?i)^(lon(gitude)?|lng|long|.*경도.*|x|.*[\s_(](lon(gitude)?|lng)\)?|.*좌표\s*_?\(?x\)?|x\s*_?좌표.*|x_?coord.*|xcrd.*)$"
)

Figures = Sequence[float | int | None]
Point = tuple[float, float]


@dataclass(frozen=True)
class Positions:
    """Where rows lie: degrees of each row or None, and why the others have none.

    `crs` is None where it cannot be told: nothing is drawn then.
    """

    longitudes: list[float | None]
    latitudes: list[float | None]
    lon_column: str
    lat_column: str
    crs: str | None
    swapped: bool = False
    zero: int = 0
    missing: int = 0
    outside: int = 0
    candidates: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """Return what the profile says of positions."""
        return {
            "lon_column": self.lon_column,
            "lat_column": self.lat_column,
            "crs": self.crs,
            "swapped": self.swapped,
            "points": sum(value is not None for value in self.longitudes),
            "zero": self.zero,
            "missing": self.missing,
            "outside": self.outside,
            "candidates": list(self.candidates),
        }


def find_columns(names: Sequence[str], roles: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Return the names of the columns of longitudes and of latitudes, None where there is no such pair."""
    lat = next((name for name in names if roles.get(name) == "latitude"), None)
    lon = next((name for name in names if roles.get(name) == "longitude"), None)
    lat = lat or next((name for name in names if _LATITUDE.match(name)), None)
    lon = lon or next((name for name in names if _LONGITUDE.match(name)), None)
    return (lon, lat) if lon and lat and lon != lat else None


def locate(
    lon_column: str, lat_column: str, xs: Figures, ys: Figures, *, crs: str | None = None
) -> Positions:
    """Return where rows lie, from what their two columns say."""
    pairs = [None if x is None or y is None else (float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    missing = sum(pair is None for pair in pairs)
    zero = sum(pair == (0.0, 0.0) for pair in pairs)
    pairs = [None if pair == (0.0, 0.0) else pair for pair in pairs]
    present = [pair for pair in pairs if pair is not None]
    facts = {"zero": zero, "missing": missing}
    if any(max(abs(x), abs(y)) > MOST_DEGREES for x, y in present):
        return _projected(lon_column, lat_column, pairs, crs, facts)
    swapped = _is_swapped(present)
    if swapped:
        pairs = [None if pair is None else (pair[1], pair[0]) for pair in pairs]
    kept = [pair if pair and abs(pair[1]) <= 90 else None for pair in pairs]  # noqa: PLR2004 - a latitude
    lost = sum(pair is not None for pair in pairs) - sum(pair is not None for pair in kept)
    warning = Warned(
        "lat_lon_swapped",
        f"{lat_column!r} holds longitudes and {lon_column!r} latitudes; maps exchange them.",
        "Exchange the two names, or give the columns their roles.",
        column=lat_column,
    )
    names = (lat_column, lon_column) if swapped else (lon_column, lat_column)
    return Positions(
        *_split(kept),
        *names,
        DEGREES,
        swapped=swapped,
        outside=lost,
        warnings=(warning,) if swapped else (),
        zero=facts["zero"],
        missing=facts["missing"],
    )


def _split(pairs: Sequence[Point | None]) -> tuple[list[float | None], list[float | None]]:
    return [pair[0] if pair else None for pair in pairs], [pair[1] if pair else None for pair in pairs]


def _is_swapped(present: Sequence[Point]) -> bool:
    """Say whether longitudes stand as latitudes: some beyond 90 degrees, which no latitude is."""
    if any(abs(y) > 90 for _, y in present):  # noqa: PLR2004 - no latitude is more
        return all(abs(x) <= 90 for x, _ in present)  # noqa: PLR2004
    return False


def _projected(
    lon_column: str, lat_column: str, pairs: Sequence[Point | None], crs: str | None, facts: Mapping[str, int]
) -> Positions:
    """Return positions of metres: in the system that is said, or the one that puts them into Korea."""
    present = list(islice((pair for pair in pairs if pair is not None), SAMPLE))
    fits = [(crs, False)] if crs else _fitting(present)
    chosen = fits[0] if len(fits) == 1 else None
    names = tuple(dict.fromkeys(name for name, _ in fits))
    warning = _warned(lon_column, chosen, names)
    if chosen is None:
        nothing: list[float | None] = [None] * len(pairs)
        return Positions(
            nothing,
            list(nothing),
            lon_column,
            lat_column,
            None,
            outside=sum(pair is not None for pair in pairs),
            candidates=names,
            warnings=(warning,),
            zero=facts["zero"],
            missing=facts["missing"],
        )
    turned = transform(chosen[0], pairs, exchanged=chosen[1])
    lost = sum(pair is not None for pair in pairs) - sum(pair is not None for pair in turned)
    return Positions(
        *_split(turned),
        lon_column,
        lat_column,
        chosen[0],
        swapped=chosen[1],
        outside=lost,
        candidates=names,
        warnings=(warning,),
        zero=facts["zero"],
        missing=facts["missing"],
    )


def _warned(column: str, chosen: tuple[str, bool] | None, names: tuple[str, ...]) -> Warned:
    if chosen:
        message = (
            f"The coordinates are metres, read as {chosen[0]} ({SYSTEMS.get(chosen[0], 'as you said')})."
        )
        fix = f'If they are of another system, say so: {{"crs": "EPSG:5181"}}; one of {", ".join(SYSTEMS)}.'
    else:
        which = " or ".join(names) if names else "no system of Korea's"
        message = (
            f"The coordinates are metres of {which}; that cannot be told from them, so that nothing is drawn."
        )
        fix = (
            f'Say the system: {{"crs": "{names[0] if names else "EPSG:5186"}"}}; one of {", ".join(SYSTEMS)}.'
        )
    return Warned("projected_coordinates", message, fix, column=column, value=chosen[0] if chosen else None)


def _fitting(present: Sequence[Point]) -> list[tuple[str, bool]]:
    """Return the systems, and whether their axes are exchanged, in which the points lie where they may.

    Those that put most of them into Daegu go first; of the rest all that put them into Korea. 5174 and
    5181 are 300 m apart, which no outline can tell.
    """
    shares: dict[tuple[str, bool], tuple[float, float]] = {}
    for name in SYSTEMS:
        for exchanged in (False, True):
            turned = [pair for pair in transform(name, present, exchanged=exchanged) if pair]
            land = sum(WEST <= x <= EAST and SOUTH <= y <= NORTH for x, y in turned)
            city = sum(is_in_city(x, y) for x, y in turned[:100])
            shares[name, exchanged] = (city / max(1, len(turned[:100])), land / len(present))
    in_city = [key for key, (city, _) in shares.items() if city >= 0.9]  # noqa: PLR2004 - some lie at its border
    if in_city:
        return _usual_axes(in_city)
    return _usual_axes([key for key, (_, land) in shares.items() if land >= 0.95])  # noqa: PLR2004


def _usual_axes(keys: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Return the systems whose axes stand as their names say, where there are any."""
    plain = [key for key in keys if not key[1]]
    return plain or keys


def transform(crs: str, pairs: Sequence[Point | None], *, exchanged: bool) -> list[Point | None]:
    """Return metres as degrees; what no system maps, and what is missing, is None."""
    from pyproj import Transformer  # noqa: PLC0415 - 70 ms, and most tables need none of it

    turner = Transformer.from_crs(crs, DEGREES, always_xy=True)
    first, second = (1, 0) if exchanged else (0, 1)
    present = [i for i, pair in enumerate(pairs) if pair is not None]
    given = [pairs[i] or (0.0, 0.0) for i in present]
    xs, ys = turner.transform([pair[first] for pair in given], [pair[second] for pair in given])
    turned: list[Point | None] = [None] * len(pairs)
    for i, x, y in zip(present, xs, ys, strict=True):
        if abs(x) <= MOST_DEGREES and abs(y) <= 90:  # noqa: PLR2004 - infinity is what does not map
            turned[i] = (round(x, PLACES), round(y, PLACES))
    return turned
