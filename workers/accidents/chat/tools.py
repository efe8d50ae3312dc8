"""The tools that a language model has, each with what it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.accidents.datasets.profile import Role
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Query
from workers.accidents.chat.box import Box, Document, Refused, Tool


def _limit(arguments: Document, default: int = 20) -> int:
    limit = arguments.get("limit") or default
    if not isinstance(limit, int) or not 1 <= limit <= 200:  # noqa: PLR2004 - what evidence holds
        raise Refused("limit must be 1 to 200.")
    return limit


def _info(box: Box, arguments: Document) -> Document:
    rows = [[c.name, c.source_name, c.type.value, c.missing, c.distinct] for c in box.table.profile.columns]
    document = box.given("info", ("name", "source_name", "type", "missing", "distinct"), rows, arguments)
    return {**document, "summary": [box.table.profile.rows]}


def _types(box: Box, arguments: Document) -> Document:
    rows = [
        [c.name, c.type.value, c.unit or "", c.role.value if c.role else ""]
        for c in box.table.profile.columns
    ]
    return box.given("types", ("name", "type", "unit", "role"), rows, arguments)


def _column_stats(box: Box, arguments: Document) -> Document:
    column = box.column(arguments["column"])
    functions = [Function.COUNT, Function.DISTINCT, Function.MIN, Function.MAX]
    if column.is_measure:
        functions += [Function.SUM, Function.MEAN, Function.MEDIAN, Function.DEVIATION]
    measures = tuple(Measure(function, column.name) for function in functions)
    return box.ask(Query(measures, box.filters(arguments)), "column_stats")


def _missing(box: Box, arguments: Document) -> Document:
    rows = [[column.name, column.missing] for column in box.table.profile.columns]
    return box.given("missing", ("column", "missing"), rows, arguments)


def _value_counts(box: Box, arguments: Document) -> Document:
    query = Query(
        (Measure(Function.COUNT), Measure(Function.PART)),
        box.filters(arguments),
        (box.term(arguments),),
        order=(Order(1, descending=True),),
        limit=_limit(arguments),
    )
    return box.ask(query, "value_counts")


def _rows(tool: str) -> Callable[[Box, Document], Document]:
    def answer(box: Box, arguments: Document) -> Document:
        names = tuple(box.column(name).name for name in arguments.get("columns") or ())
        names = names or tuple(column.name for column in box.table.profile.columns[:20])
        order: tuple[Order, ...] = ()
        if arguments.get("sort_by"):
            name = box.column(arguments["sort_by"]).name
            names = names if name in names else (*names, name)
            order = (Order(names.index(name), descending=bool(arguments.get("descending"))),)
        return box.ask(
            Query(where=box.filters(arguments), columns=names, order=order, limit=_limit(arguments, 10)), tool
        )

    return answer


def _correlation(box: Box, arguments: Document) -> Document:
    x, y = box.column(arguments["x"]).name, box.column(arguments["y"]).name
    return box.ask(Query((Measure(Function.CORRELATION, x, y),), box.filters(arguments)), "correlation")


def _target(box: Box, arguments: Document) -> Document:
    target = box.column(arguments["target"]).name
    others = [c.name for c in box.table.profile.columns if c.is_measure and c.name != target][:40]
    if not others:
        raise Refused("There is no other column of numbers.")
    return box.ask(
        Query(tuple(Measure(Function.CORRELATION, name, target) for name in others)),
        "correlation_with_target",
    )


def _group_by(box: Box, arguments: Document) -> Document:
    function = Function(str(arguments.get("function") or "count"))
    value = arguments.get("value")
    measure = Measure(function, box.column(value).name if value else None)
    order = (Order(1, descending=arguments.get("descending", True) is not False),)
    counted = (measure,) if not value else (measure, Measure(Function.COUNT, measure.column))
    return box.ask(
        Query(counted, box.filters(arguments), (box.term(arguments),), order=order, limit=_limit(arguments)),
        "group_by",
    )


def _percentile(box: Box, arguments: Document) -> Document:
    fraction = arguments["fraction"]
    if not isinstance(fraction, int | float) or not 0 <= fraction <= 1:
        raise Refused("fraction must be 0 to 1.")
    measure = Measure(Function.PERCENTILE, box.column(arguments["column"]).name, fraction=float(fraction))
    return box.ask(Query((measure,), box.filters(arguments)), "percentile")


def _outliers(box: Box, arguments: Document) -> Document:
    column = box.column(arguments["column"]).name
    quartiles = box.ask(
        Query(tuple(Measure(Function.PERCENTILE, column, fraction=part) for part in (0.25, 0.75))),
        "percentile",
    )
    low, high = quartiles["rows"][0]
    if low is None:
        raise Refused(f"{column} has no values.")
    fences = (low - 1.5 * (high - low), high + 1.5 * (high - low))  # Tukey (1977), Exploratory Data Analysis
    below, above = (
        (Filter(Field(column), Op.BELOW, (fences[0],)),),
        (Filter(Field(column), Op.ABOVE, (fences[1],)),),
    )
    return box.ask(
        Query((Measure(Function.COUNT, where=below), Measure(Function.COUNT, where=above))), "outliers"
    )


def _crosstab(box: Box, arguments: Document) -> Document:
    fields = (Field(box.column(arguments["column"]).name), Field(box.column(arguments["other"]).name))
    return box.ask(
        Query(
            (Measure(Function.COUNT),),
            box.filters(arguments),
            fields,
            order=(Order(2, descending=True),),
            limit=200,
        ),
        "crosstab",
    )


def _date_range(box: Box, arguments: Document) -> Document:
    column = box.column(arguments["column"]).name
    return box.ask(
        Query((Measure(Function.MIN, column), Measure(Function.MAX, column)), box.filters(arguments)),
        "date_range",
    )


def _temporal(box: Box, arguments: Document) -> Document:
    return box.ask(
        Query((Measure(Function.COUNT),), box.filters(arguments), (box.term(arguments),), limit=200),
        "temporal_pattern",
    )


def _geo(box: Box, arguments: Document) -> Document:
    columns = [c.name for c in box.table.profile.columns if c.role in {Role.LATITUDE, Role.LONGITUDE}]
    if not columns:
        raise Refused("The data set has no columns of latitude and longitude.")
    measures = tuple(Measure(function, name) for name in columns for function in (Function.MIN, Function.MAX))
    return box.ask(Query(measures, box.filters(arguments)), "geo_bounds")


def _missing_pattern(box: Box, arguments: Document) -> Document:
    empty = (Filter(Field(box.column(arguments["column"]).name), Op.MISSING),)
    by = Field(box.column(arguments["by"]).name)
    return box.ask(
        Query(
            (Measure(Function.SHARE, where=empty), Measure(Function.COUNT, where=empty)),
            (),
            (by,),
            order=(Order(1, descending=True),),
            limit=50,
        ),
        "missing_pattern",
    )


def _categories(box: Box, arguments: Document) -> Document:
    rows = [
        [c.name, c.distinct, *(c.categories[0] if c.categories else ("", None))]
        for c in box.table.profile.columns
        if c.categories
    ]
    return box.given("categorical_summary", ("column", "distinct", "most frequent", "count"), rows, arguments)


def _predict(box: Box, arguments: Document) -> Document:
    items = arguments["items"] if "items" in arguments else [arguments["accident"]]
    if box.predict is None or not isinstance(items, list) or not 1 <= len(items) <= 100:  # noqa: PLR2004 - a batch's most
        raise Refused("Predictions take 1 to 100 accidents.")
    results = box.predict(items)
    rows = [[number, result["eclo"], result.get("p_fatal")] for number, result in enumerate(results)]
    return box.given("predict", ("accident", "eclo", "p_fatal"), rows, arguments)


def _view(kind: str) -> Callable[[Box, Document], Document]:
    def answer(box: Box, arguments: Document) -> Document:
        name = str(arguments["name"])
        if not name.isidentifier():
            raise Refused("The name of a chart or a map has letters and _ only.")
        return box.given(kind, ("url",), [[f"/api/{kind}s/{name}?dataset={box.table.id}"]], arguments)

    return answer


_WHERE = {"filters": "filters?"}
TOOLS: Mapping[str, Tool] = {
    "info": Tool("List the columns with type, missing and distinct values.", {}, _info),
    "column_stats": Tool("Count, distinct, min, max and, for numbers, sum, mean, median, deviation of a column.", {"column": "column", **_WHERE}, _column_stats),
    "missing": Tool("Count missing values of each column.", {}, _missing),
    "value_counts": Tool("Count rows by a column's values.", {"column": "column", "part": "part?", "number": "number?", "limit": "limit?", **_WHERE}, _value_counts),
    "filter_rows": Tool("List rows that pass filters.", {"filters": "filters", "columns": "columns?", "limit": "limit?"}, _rows("filter_rows")),
    "sort_rows": Tool("List rows sorted by a column.", {"sort_by": "column", "descending": "flag?", "columns": "columns?", "limit": "limit?", **_WHERE}, _rows("sort_rows")),
    "unique": Tool("List a column's different values.", {"column": "column", "limit": "limit?"}, _value_counts),
    "sample": Tool("Show a few rows.", {"columns": "columns?", "limit": "limit?"}, _rows("sample")),
    "correlation": Tool("Correlate two columns of numbers.", {"x": "column", "y": "column", **_WHERE}, _correlation),
    "correlation_with_target": Tool("Correlate every column of numbers with one.", {"target": "column"}, _target),
    "group_by": Tool("Compute a figure for each group.", {"column": "column", "part": "part?", "number": "number?", "function": "function?", "value": "column?", "descending": "flag?", "limit": "limit?", **_WHERE}, _group_by),
    "percentile": Tool("Compute a percentile, fraction 0 to 1.", {"column": "column", "fraction": "number", **_WHERE}, _percentile),
    "outliers": Tool("Count values outside 1.5 interquartile ranges.", {"column": "column"}, _outliers),
    "crosstab": Tool("Count rows by two columns.", {"column": "column", "other": "column", **_WHERE}, _crosstab),
    "date_range": Tool("First and last date of a column.", {"column": "column", **_WHERE}, _date_range),
    "temporal_pattern": Tool("Count rows by a part of a date.", {"column": "column", "part": "part", **_WHERE}, _temporal),
    "geo_bounds": Tool("Bounds of the positions.", {**_WHERE}, _geo),
    "missing_pattern": Tool("Share of missing values of a column by another's values.", {"column": "column", "by": "column"}, _missing_pattern),
    "types": Tool("Type, unit and role of each column.", {}, _types),
    "categorical_summary": Tool("Distinct values and the most frequent one of each column of categories.", {}, _categories),
    "predict": Tool("Predict the severity (ECLO) of one traffic accident.", {"accident": "accident"}, _predict),
    "predict_batch": Tool("Predict the severity (ECLO) of several traffic accidents.", {"items": "accidents"}, _predict),
    "chart": Tool("Link a chart of the data set.", {"name": "text"}, _view("chart")),
    "map": Tool("Link a map of the data set.", {"name": "text"}, _view("map")),
}  # fmt: skip
