"""What the routes of data sets read and answer."""

from __future__ import annotations

from typing import Any

from flask import json
from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from app.accidents.datasets.evidence import load_field
from app.accidents.datasets.profile import Role, Type
from app.accidents.datasets.query import Filter, Op, Part
from app.accidents.datasets.service import DESCRIPTION_CHARACTERS, NAME_CHARACTERS
from app.http.fields import shown

MOST_LISTED, MOST_ROWS = 100, 500
CRS = ("EPSG:5186", "EPSG:5187", "EPSG:5174", "EPSG:5181", "EPSG:5179")
MOST_FILTER_CHARACTERS = 4000
Name = validate.Length(1, NAME_CHARACTERS)


class FilterSchema(Schema):
    """One condition on rows."""

    column = fields.String(required=True)
    part = fields.Enum(Part, by_value=True, load_default=Part.VALUE)
    number = fields.Integer()
    op = fields.Enum(Op, by_value=True, required=True)
    values = fields.List(fields.Raw(), load_default=list, validate=validate.Length(max=1000))


class Filters(fields.Field[Any]):
    """Conditions as JSON in a query: `[{"column": "weather", "op": "is", "values": ["비"]}]`."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> tuple[Filter, ...]:
        text = str(value)
        right = '[{"column": "weather", "op": "is", "values": ["비"]}] is right'
        try:
            documents = json.loads(text[:MOST_FILTER_CHARACTERS])
            loaded = FilterSchema(many=True).load(documents)
        except ValidationError as error:
            raise ValidationError(
                {"reason": f"It is no list of filters ({error.messages}); {right}.", "value": shown(text)}
            ) from None
        except Exception:  # noqa: BLE001 - whatever a strict parser says of a text that is no JSON
            raise ValidationError({"reason": f"It is not JSON; {right}.", "value": shown(text)}) from None
        return tuple(_filter(each) for each in loaded)


def _filter(document: dict[str, Any]) -> Filter:
    for value in document["values"]:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise ValidationError(
                {
                    "reason": "A value is neither text nor number; one of these is right.",
                    "value": shown(value),
                }
            )
    term: dict[str, Any] = {name: document[name] for name in ("column", "part", "number") if name in document}
    return Filter(load_field(term), document["op"], tuple(document["values"]))


class ListQuerySchema(Schema):
    """Which data sets of a list."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, MOST_LISTED))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class VersionQuerySchema(Schema):
    """Which version; the current one without it."""

    version = fields.Integer(validate=validate.Range(1, 2**31 - 1))


class RowsQuerySchema(VersionQuerySchema):
    """Which rows, of which columns, in which order and form."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_ROWS))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))
    columns = fields.List(
        fields.String(),
        metadata={"description": "all without it; one each, or with commas"},
    )
    filter = Filters(load_default=(), metadata={"description": "conditions as JSON, which hold together"})
    sort = fields.String(metadata={"description": "a column; with `-` before it the greatest come first"})
    format = fields.String(load_default="json", validate=validate.OneOf(["json", "csv"]))
    bom = fields.Boolean(load_default=False, metadata={"description": "begin a CSV with a mark, for Excel"})


class ColumnChangeSchema(Schema):
    """What its owner says of a column."""

    type = fields.Enum(Type, by_value=True)
    unit = fields.String(allow_none=True, validate=validate.Length(max=20))
    missing = fields.List(fields.Raw(), validate=validate.Length(max=50))
    role = fields.Enum(Role, by_value=True, allow_none=True)
    format = fields.String(
        validate=validate.OneOf(
            ["YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD Mon YYYY", "Mon DD, YYYY", "YYYYMMDD", "YY.MM.DD"]
        )
    )


class ChangeSchema(Schema):
    """What is to be different: names at once, the reading as a new version."""

    name = fields.String(validate=Name)
    description = fields.String(validate=validate.Length(max=DESCRIPTION_CHARACTERS))
    columns = fields.Dict(
        keys=fields.String(), values=fields.Nested(ColumnChangeSchema), validate=validate.Length(max=2000)
    )
    totals = fields.String(validate=validate.OneOf(["set_aside", "keep"]))
    fill_down = fields.List(fields.String(), validate=validate.Length(max=2000))
    crs = fields.String(validate=validate.OneOf(CRS))


class ShareRequestSchema(Schema):
    """What is to be shared: a version, and a view of it if wanted."""

    version = fields.Integer(validate=validate.Range(1, 2**31 - 1))
    view = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100)),
        values=fields.Raw(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=50),
    )


class ShareSchema(Schema):
    """A link, shown this once."""

    id = fields.UUID(required=True)
    dataset_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    share_token = fields.String(required=True)
    share_url = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class ColumnSchema(Schema):
    """A column of a data set."""

    class Meta:
        """Say in the document that there are further members."""

        unknown = INCLUDE

    name = fields.String(required=True)
    source_name = fields.String(required=True)
    type = fields.String(required=True, validate=validate.OneOf([each.value for each in Type]))
    role = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    missing = fields.Integer(required=True)
    missing_tokens = fields.List(fields.String())
    distinct = fields.Integer(required=True)
    min = fields.Raw(allow_none=True)
    max = fields.Raw(allow_none=True)
    mean = fields.Float(allow_none=True)
    sum = fields.Float(allow_none=True)
    sample = fields.List(fields.Raw())


class DatasetWarningSchema(Schema):
    """Something that whoever reads the figures has to know."""

    code = fields.String(required=True)
    column = fields.String()
    rows = fields.List(fields.Integer(), required=True)
    lines = fields.List(fields.Integer(), required=True)
    value = fields.Raw()
    count = fields.Integer(required=True)
    message = fields.String(required=True)
    fix = fields.String(required=True)


class DatasetSchema(Schema):
    """A data set: how its file was read, and what its columns hold."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, metadata={"description": "pending, processing, success or failed"})
    sha256 = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    uploaded_at = fields.AwareDateTime(required=True)
    rows = fields.Integer(required=True, allow_none=True)
    set_aside = fields.Integer(allow_none=True)
    rejected = fields.Integer(allow_none=True)
    records = fields.Integer(allow_none=True)
    dialect = fields.Dict(keys=fields.String(), allow_none=True)
    kept_apart = fields.List(fields.Dict(keys=fields.String()))
    schema = fields.List(fields.Nested(ColumnSchema), required=True)
    positions = fields.Dict(keys=fields.String(), allow_none=True)
    warnings = fields.List(fields.Nested(DatasetWarningSchema), required=True)
    job_id = fields.UUID(allow_none=True)
    progress = fields.Float(required=True)
    error = fields.Dict(keys=fields.String(), allow_none=True)
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SharedSchema(Schema):
    """A shared version of a data set."""

    class Meta:
        """Say in the document that there are further members."""

        unknown = INCLUDE

    name = fields.String(required=True)
    description = fields.String(required=True)
    rows = fields.Integer(required=True)
    schema = fields.List(fields.Nested(ColumnSchema), required=True)
    warnings = fields.List(fields.Nested(DatasetWarningSchema), required=True)
    view = fields.Dict(keys=fields.String(), allow_none=True, required=True)
    expires_at = fields.AwareDateTime(required=True)


class DatasetItemSchema(Schema):
    """A data set as lists show it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    rows = fields.Integer(required=True, allow_none=True)
    size_bytes = fields.Integer(required=True)
    uploaded_at = fields.AwareDateTime(required=True)


class DatasetListSchema(Schema):
    """A page of data sets, newest first."""

    datasets = fields.List(fields.Nested(DatasetItemSchema), required=True)
    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


class RowsSchema(Schema):
    """A page of rows."""

    rows = fields.List(fields.Dict(keys=fields.String()), required=True)
    columns = fields.List(fields.String(), required=True)
    total = fields.Integer(required=True, metadata={"description": "rows that pass the filters"})
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    version = fields.Integer(required=True)


class ErasedSchema(Schema):
    """What went with a data set."""

    versions = fields.Integer(required=True)
    files = fields.Integer(required=True)
    shares = fields.Integer(required=True)
    evidence = fields.Integer(required=True)


class DatasetEvidenceSchema(Schema):
    """What an answer rests on, and whether it is still so."""

    class Meta:
        """Say in the document that there are further members."""

        unknown = INCLUDE

    id = fields.UUID(required=True)
    tool = fields.String(required=True)
    arguments = fields.Dict(keys=fields.String(), required=True)
    reading_ko = fields.String(required=True)
    reading_en = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)
    total_rows = fields.Integer(required=True)
    truncated = fields.Boolean(required=True)
    dataset_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    sql = fields.String(required=True)
    same = fields.Boolean(required=True, metadata={"description": "asked again, the rows are the same"})
    changed = fields.List(fields.Dict(keys=fields.String()), required=True)
