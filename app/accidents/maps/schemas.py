"""What the routes of maps read and answer."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.accidents.datasets.schemas import Filters
from app.accidents.maps.districts import AGGREGATES
from app.accidents.maps.drawing import Area
from app.http.fields import shown

MOST_ZOOM = 22
MOST_DATASETS = 5
CORNERS = 4


class Box(fields.Field[Any]):
    """An area as `west,south,east,north` in degrees."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Area:
        text = str(value)
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) != CORNERS or not all(map(isfinite, numbers)):
            reason = "It is no area; west,south,east,north in degrees is right, as 128.3,35.6,128.8,36.0."
            raise ValidationError({"reason": reason, "value": shown(text)})
        return Area(*numbers)


class Period(fields.Field[Any]):
    """Two days, both of which belong to it, as `2016-01-01/2016-12-31`."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> tuple[str, str]:
        text = str(value)
        try:
            first, last = (date.fromisoformat(part) for part in text.split("/"))
        except ValueError:
            reason = "It is no period; two days are right, as 2016-01-01/2016-12-31."
            raise ValidationError({"reason": reason, "value": shown(text)}) from None
        return first.isoformat(), last.isoformat()


class MapQuerySchema(Schema):
    """Of which data set a map is, and of what of it."""

    dataset = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, MOST_DATASETS),
        metadata={"description": "the data set; an overlay takes up to five"},
    )
    version = fields.Integer(validate=validate.Range(1, 2**31 - 1))
    value = fields.String(
        metadata={"description": "`count`, `mean_eclo`, `fatal_rate` or a column of numbers"}
    )
    aggregate = fields.String(validate=validate.OneOf(sorted(AGGREGATES)))
    filter = Filters(load_default=(), metadata={"description": "conditions as JSON, which hold together"})
    bbox = Box(metadata={"description": "west,south,east,north, degrees"})
    zoom = fields.Integer(validate=validate.Range(0, MOST_ZOOM))
    first = Period(metadata={"description": "a period, as 2016-01-01/2016-12-31"})
    second = Period(metadata={"description": "the period that is compared with it"})


class SharedMapQuerySchema(MapQuerySchema):
    """The same of a shared data set."""

    class Meta:
        """Leave out what a link settles."""

        exclude = ("dataset", "version")


class MapMetaSchema(Schema):
    """What of the rows is on a map; all counts but `rows` add up to it."""

    map = fields.String(required=True)
    dataset_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True)
    evidence_id = fields.UUID(required=True, allow_none=True)
    evidence_ids = fields.List(fields.UUID(), required=True)
    rows = fields.Integer(required=True)
    matched = fields.Integer(required=True)
    elsewhere = fields.Integer(required=True)
    ambiguous = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    said_ko = fields.String(required=True)
    said_en = fields.String(required=True)
    attribution = fields.String(required=True)


class FeaturesSchema(Schema):
    """A GeoJSON FeatureCollection."""

    type = fields.String(required=True)
    features = fields.List(fields.Dict(keys=fields.String()), required=True)
    meta = fields.Nested(MapMetaSchema, required=True)


class MapExportLinksSchema(Schema):
    """Where the page will be, and the job that makes it."""

    self = fields.String(required=True)
    job = fields.String(required=True)
    events = fields.String(required=True)


class MapExportSchema(Schema):
    """A map that is made into a page."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True)
    links = fields.Nested(MapExportLinksSchema, required=True)
