"""What the routes of charts read and answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.accidents.charts.categories import AGGREGATES
from app.accidents.datasets.schemas import Filters


class ChartQuerySchema(Schema):
    """Of which data set a chart is, and of which columns."""

    dataset = fields.UUID(metadata={"description": "the data set; the charts of the model need none"})
    version = fields.Integer(validate=validate.Range(1, 2**31 - 1))
    x = fields.String(metadata={"description": "a column"})
    y = fields.String(metadata={"description": "another column"})
    aggregate = fields.String(validate=validate.OneOf(sorted(AGGREGATES)))
    by = fields.String(validate=validate.OneOf(["count", "mean_eclo", "fatal_rate"]))
    filter = Filters(load_default=(), metadata={"description": "conditions as JSON, which hold together"})
    prediction = fields.UUID(metadata={"description": "a prediction, for the charts of the model"})


class SharedChartQuerySchema(ChartQuerySchema):
    """The same of a shared data set."""

    class Meta:
        """Leave out what a link settles."""

        exclude = ("dataset", "version", "prediction")


class TableTwinSchema(Schema):
    """The figures of a chart as a table."""

    columns = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)


class ChartMetaSchema(Schema):
    """What is to be said beside a chart."""

    chart = fields.String(required=True)
    dataset_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    evidence_id = fields.UUID(required=True, allow_none=True)
    evidence_ids = fields.List(fields.UUID(), required=True)
    rows_used = fields.Integer(required=True)
    rows_left_out = fields.Integer(required=True)
    table = fields.Nested(TableTwinSchema, required=True)
    alt_ko = fields.String(required=True, metadata={"description": "the chart in one sentence"})
    alt_en = fields.String(required=True)
    notes = fields.List(fields.Dict(keys=fields.String()), required=True)


class FigureSchema(Schema):
    """A Plotly figure."""

    data = fields.List(fields.Dict(keys=fields.String()), required=True)
    layout = fields.Dict(keys=fields.String(), required=True)
    meta = fields.Nested(ChartMetaSchema, required=True)
