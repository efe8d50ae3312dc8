"""Turn a reading into queries and their results into evidence: nothing here knows a language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.columns import unit_of
from app.accidents.chat.grammar.reading import Ask, Condition, Direction, Figure, Kind, Reading, Reference
from app.accidents.datasets.profile import Profile
from app.accidents.datasets.query import Field, Filter, Function, Having, Measure, Op, Order, Part, Query

Evidence = dict[str, Any]
Run = Callable[[Query, str], Evidence]
_NEXT = 4  # groups behind the first that a ranking without a number names too
_FEW = 30  # rows below which a figure of a group is marked
_MOST_GROUPS = 200
_CALENDAR = {
    Part.YEAR,
    Part.QUARTER,
    Part.MONTH,
    Part.YEAR_MONTH,
    Part.DATE,
    Part.HOUR,
    Part.WEEKDAY,
    Part.DAY,
}


@dataclass(frozen=True)
class Data:
    """A data set that can be asked: what its columns are, and how a query is run as a tool."""

    profile: Profile
    run: Run


@dataclass
class Result:
    """What the queries of a reading gave."""

    reading: Reading
    evidence: list[Evidence] = field(default_factory=list)
    value: Any = None
    matched: int | None = None
    missing: int | None = None  # rows left out, for they have no value
    numerator: Any = None
    denominator: Any = None
    sides: tuple[Any, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)
    total: int = 0
    shown: int | None = None  # of the rows, those that the question asked for
    negated_missing: int | None = None
    group_missing: int | None = None
    turned_by: str = ""  # a column in each of whose groups a comparison turns round
    fences: tuple[float, float] | None = None
    converted: tuple[float, str] | None = None  # the figure in the unit that was asked for

    @property
    def is_empty(self) -> bool:
        """Say whether no row passed the filters."""
        return self.matched == 0


def filters(conditions: tuple[Condition, ...]) -> tuple[Filter, ...]:
    """Return the filters of conditions."""
    return tuple(each for condition in conditions for each in condition.filters)


def carry_out(reading: Reading, data: Data) -> Result:
    """Run what a reading asks for."""
    reading, references = _resolved(reading, data)
    result = _PLANS[reading.ask](reading, data)
    result.evidence += references
    return _count_missing_behind_not(result, data)


def _resolved(reading: Reading, data: Data) -> tuple[Reading, list[Evidence]]:
    """Return a reading whose references to means and medians are numbers, and the evidence for these."""
    evidence: list[Evidence] = []

    def put(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(_put(each, data, evidence) for each in conditions)

    reading = replace(
        reading,
        where=put(reading.where),
        part=put(reading.part),
        kept=put(reading.kept),
        sides=put(reading.sides),
    )
    bound = reading.bound
    if bound is not None and bound.reference is not None:
        number = _reference(bound.reference, data, evidence)
        reading = replace(reading, bound=replace(bound, number=number))
    return reading, evidence


def _put(condition: Condition, data: Data, evidence: list[Evidence]) -> Condition:
    reference = condition.reference
    if reference is None or condition.filters:
        return condition
    number = _reference(reference, data, evidence)
    shown = f" ({number:,.2f})" if number is not None else ""
    op_or_none = Filter(Field(reference.column), reference.op, (number,)) if number is not None else None
    filters_ = (op_or_none or Filter(Field(reference.column), Op.MISSING),)
    return replace(condition, filters=filters_, ko=condition.ko + shown, en=condition.en + shown)


def _reference(reference: Reference, data: Data, evidence: list[Evidence]) -> float | None:
    """Return the figure of all rows that something is compared with."""
    made = data.run(Query((Measure(reference.function, reference.column),)), "column_stats")
    value = made["rows"][0][0]
    number = value * reference.factor if value is not None else None
    if reference.factor != 1:
        derive(made, f"times {reference.factor:g}", [number])
    if all(made["rows"] != other["rows"] for other in evidence):
        evidence.append(made)
    return number


def _measure(figure: Figure, where: tuple[Filter, ...] = ()) -> Measure:
    return Measure(figure.function, figure.column, figure.other, figure.fraction, where)


def _present(figure: Figure, where: tuple[Filter, ...] = ()) -> Measure:
    """Return the count of rows that a figure rests on."""
    return Measure(Function.COUNT, figure.column, where=where)


# -- one figure -----------------------------------------------------------------------------------------


def _figure(reading: Reading, data: Data) -> Result:
    if reading.per:
        return _per(reading, data)
    where = filters(reading.where)
    count = Measure(Function.COUNT)
    if reading.figure.of_rows:
        evidence = data.run(Query((count,), where), "row_count")
        return Result(reading, [evidence], value=evidence["rows"][0][0], matched=evidence["rows"][0][0])
    query = Query((_measure(reading.figure), count, _present(reading.figure)), where)
    evidence = data.run(query, "column_stats")
    value, matched, present = evidence["rows"][0]
    result = Result(reading, [evidence], value=value, matched=matched)
    return _with_missing(_in_unit(result, data), matched - present)


def _in_unit(result: Result, data: Data) -> Result:
    """Add the figure in the unit that the question asks for, where the column's converts to it."""
    figure, unit = result.reading.figure, units.wanted(result.reading.unit)
    own = unit_of(data.profile.column(figure.column or ""))
    scale = units.factor(own, unit)
    if scale and own != unit and result.value is not None:
        result.converted = (result.value * scale, unit or "")
        derive(result.evidence[0], f"in {unit}", [result.value * scale])
    return result


def _with_missing(result: Result, missing: int) -> Result:
    result.missing = missing
    result.evidence[-1].setdefault("summary", []).append(missing)
    return result


def _per(reading: Reading, data: Data) -> Result:
    """Return a mean per day, month or year of the time that the rows span."""
    column = next(c for c in data.profile.columns if c.type.is_temporal)
    total = (
        Measure(Function.COUNT)
        if reading.figure.of_rows
        else _measure(replace(reading.figure, function=Function.SUM))
    )
    evidence = data.run(
        Query(
            (total, Measure(Function.MIN, column.name), Measure(Function.MAX, column.name)),
            filters(reading.where),
        ),
        "temporal_pattern",
    )
    amount, first, last = evidence["rows"][0]
    if not first:
        return Result(reading, [evidence], matched=0)
    span = _span(date.fromisoformat(str(first)[:10]), date.fromisoformat(str(last)[:10]), reading.per)
    derive(evidence, f"mean per {reading.per}", [(amount or 0) / span])
    derive(evidence, f"{reading.per}s", [span])
    return Result(
        reading, [evidence], value=(amount or 0) / span, numerator=amount, denominator=span, matched=1
    )


def _span(first: date, last: date, per: str) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return {"day": (last - first).days + 1, "month": months, "year": last.year - first.year + 1}[per]


def derive(evidence: Evidence, name: str, values: list[Any]) -> None:
    """Add a column that follows from the others to evidence, and say so in it."""
    evidence["columns"] = [*evidence["columns"], name]
    evidence["rows"] = [[*row, value] for row, value in zip(evidence["rows"], values, strict=False)]
    evidence["derived"] = [*evidence.get("derived", []), name]


# -- shares ---------------------------------------------------------------------------------------------


def _share_measures(reading: Reading) -> tuple[Measure, Measure, Measure]:
    part, weight = filters(reading.part), reading.figure.weight
    if weight:
        return (
            Measure(Function.SHARE, weight, where=part),
            Measure(Function.SUM, weight, where=part),
            Measure(Function.SUM, weight),
        )
    return Measure(Function.SHARE, where=part), Measure(Function.COUNT, where=part), Measure(Function.COUNT)


def _share(reading: Reading, data: Data) -> Result:
    if not reading.part:
        return _distribution(reading, data)
    if reading.group:
        return _groups(reading, data)
    evidence = data.run(Query(_share_measures(reading), filters(reading.where)), "share")
    value, part, whole = evidence["rows"][0]
    result = Result(
        reading, [evidence], value=value, numerator=part or 0, denominator=whole, matched=evidence["matched"]
    )
    return _with_missing(result, _missing_of_part(reading, data))


def _missing_of_part(reading: Reading, data: Data) -> int:
    """Count the rows that have no value where the numerator looks."""
    fields = {each.field for each in filters(reading.part) if each.op is not Op.MISSING}
    if len(fields) != 1:
        return 0
    where = (*filters(reading.where), Filter(next(iter(fields)), Op.MISSING))
    return int(data.run(Query((Measure(Function.COUNT),), where), "missing")["rows"][0][0])


def _distribution(reading: Reading, data: Data) -> Result:
    """Return what part of all rows, or of a sum, each group holds."""
    column = reading.figure.weight
    amount = Measure(Function.SUM, column) if column else Measure(Function.COUNT)
    return _grouped(reading, data, (Measure(Function.PART, column), amount), tool="value_counts")


# -- groups ---------------------------------------------------------------------------------------------


def _groups(reading: Reading, data: Data) -> Result:
    reading = _by_year_and_month(reading, data)
    if reading.ask is Ask.SHARE or reading.figure.function is Function.SHARE:
        if not reading.part:
            return _distribution(reading, data)
        result = _grouped(reading, data, _share_measures(reading), tool="group_share")
        return _with_reversal(result, data)
    measures: tuple[Measure, ...] = (_measure(reading.figure),)
    if not reading.figure.of_rows:
        measures += (_present(reading.figure),)
    return _grouped(reading, data, measures, tool="group_count" if reading.figure.of_rows else "group_by")


def _by_year_and_month(reading: Reading, data: Data) -> Reading:
    """Return a trend by months of one year, or by years and months where the dates span more than one."""
    if reading.mode != "trend" or len(reading.group) != 1 or reading.group[0].part is not Part.MONTH:
        return reading
    column = data.profile.column(reading.group[0].column)
    one_year = str(column.min)[:4] == str(column.max)[:4] or any(c.slot == "period" for c in reading.where)
    if one_year or not column.type.is_temporal:
        return reading
    return replace(reading, group=(replace(reading.group[0], part=Part.YEAR_MONTH),))


def _grouped(reading: Reading, data: Data, measures: tuple[Measure, ...], *, tool: str) -> Result:
    width = len(reading.group)
    where = filters(reading.where)
    if reading.ask is Ask.RANKING:
        where += tuple(Filter(each, Op.PRESENT) for each in reading.group)
    query = Query(
        measures,
        where,
        reading.group,
        having=_having(reading),
        order=_order(reading, width),
        limit=_limit(reading),
    )
    evidence = data.run(query, tool)
    _name_weekdays(evidence, reading)
    rows = [row for row in evidence["rows"] if reading.ask is not Ask.RANKING or row[width] is not None]
    result = Result(
        reading,
        [evidence],
        rows=rows,
        total=evidence["total_rows"],
        matched=evidence["matched"],
        shown=reading.limit,
    )
    if reading.ask is Ask.RANKING:
        missing = Query(
            (Measure(Function.COUNT),), (*filters(reading.where), Filter(reading.group[0], Op.MISSING))
        )
        result.group_missing = int(data.run(missing, "missing")["rows"][0][0])
        evidence.setdefault("summary", []).append(result.group_missing)
    evidence.setdefault("summary", []).append(evidence["matched"])
    return result


def _having(reading: Reading) -> tuple[Having, ...]:
    bound = reading.bound
    return (Having(0, bound.op, bound.number or 0.0),) if bound is not None else ()


def _order(reading: Reading, width: int) -> tuple[Order, ...]:
    if reading.ask is Ask.RANKING:
        by = Order(width, descending=reading.direction is not Direction.LEAST)
        return (Order(0), by) if reading.mode == "within" else (by,)
    if reading.group[0].part in _CALENDAR:
        return ()
    return (Order(width, descending=True),)


def _limit(reading: Reading) -> int:
    if reading.ask is not Ask.RANKING or reading.mode in {"within", "rank"}:
        return _MOST_GROUPS
    if reading.nth:
        return reading.nth + 1
    return reading.limit or 1 + _NEXT


def _name_weekdays(evidence: Evidence, reading: Reading) -> None:
    """Add the names of weekdays that are numbers."""
    if reading.group[0].part is Part.WEEKDAY:
        derive(evidence, "weekday", [WEEKDAYS[row[0] - 1] if row[0] else None for row in evidence["rows"]])


WEEKDAYS = (
    "월요일 Monday",
    "화요일 Tuesday",
    "수요일 Wednesday",
    "목요일 Thursday",
    "금요일 Friday",
    "토요일 Saturday",
    "일요일 Sunday",
)


def _with_reversal(result: Result, data: Data) -> Result:
    """Say which other column turns a comparison of shares round in each of its groups (Simpson's paradox)."""
    reading = result.reading
    if len(reading.group) != 1 or len(result.rows) < 2:
        return result
    ordered = sorted((row for row in result.rows if row[1] is not None), key=lambda row: -row[1])[:2]
    if len(ordered) < 2 or ordered[0][1] == ordered[1][1]:
        return result
    used = {each.field.column for each in (*filters(reading.where), *filters(reading.part))} | {
        reading.group[0].column
    }
    for column in data.profile.columns:
        if column.name in used or not 2 <= column.distinct <= 6 or not column.categories:
            continue
        query = Query(
            _share_measures(reading), filters(reading.where), (Field(column.name), reading.group[0])
        )
        evidence = data.run(query, "group_share")
        if _turns(evidence["rows"], ordered[0][0], ordered[1][0]):
            result.turned_by = column.source_name
            result.evidence.append(evidence)
            return result
    return result


def _turns(rows: list[list[Any]], first: Any, second: Any) -> bool:
    """Tell whether in each stratum the first group's share lies below the second's."""
    strata: dict[Any, dict[Any, Any]] = {}
    for row in rows:
        strata.setdefault(row[0], {})[row[1]] = row[2]
    pairs = [(of.get(first), of.get(second)) for of in strata.values()]
    return len(pairs) > 1 and all(a is not None and b is not None and a < b for a, b in pairs)


# -- two sides ------------------------------------------------------------------------------------------


def _comparison(reading: Reading, data: Data) -> Result:
    if reading.mode == "which" and not reading.part:
        grouped = _one_field(reading)
        if grouped is not None:
            return _groups(grouped, data)
    if reading.part or reading.figure.function == Function.CORRELATION:
        return _compared_shares(reading, data)
    where, sides = filters(reading.where), [filters((side,)) for side in reading.sides]
    measures = tuple(_measure(reading.figure, side) for side in sides)
    counts = () if reading.figure.of_rows else tuple(_present(reading.figure, side) for side in sides)
    evidence = data.run(Query((*measures, *counts), where), "compare")
    return _compared(reading, evidence, evidence["rows"][0][0], evidence["rows"][0][1])


def _one_field(reading: Reading) -> Reading | None:
    """Return 'which of two has more' as a ranking of the two, where they differ in the value of one field."""
    first, second = (set(side.filters) for side in reading.sides)
    own, other = first - second, second - first
    if len(own) != 1 or len(other) != 1:
        return None
    left, right = next(iter(own)), next(iter(other))
    if left.field != right.field or left.op is not Op.IS or right.op is not Op.IS:
        return None
    shared = tuple(each for each in reading.sides[0].filters if each in second)
    either = Condition(
        Kind.VALUE,
        "sides",
        (*shared, Filter(left.field, Op.IN, (*left.values, *right.values))),
        f"{reading.sides[0].ko}, {reading.sides[1].ko}",
        f"{reading.sides[0].en}, {reading.sides[1].en}",
    )
    return replace(
        reading,
        ask=Ask.RANKING,
        where=(*reading.where, either),
        group=(left.field,),
        direction=reading.direction or Direction.MOST,
        limit=2,
        sides=(),
        mode="",
    )


def _compared_shares(reading: Reading, data: Data) -> Result:
    shares = [
        data.run(Query(_share_measures(reading), (*filters(reading.where), *filters((side,)))), "share")
        for side in reading.sides
    ]
    first, second = (each["rows"][0][0] for each in shares)
    derive(shares[0], "other side", [second])
    result = _compared(reading, shares[0], first, second)
    result.evidence = shares
    return result


def _compared(reading: Reading, evidence: Evidence, first: Any, second: Any) -> Result:
    result = Result(reading, [evidence], sides=(first, second), matched=1)
    labels = [side.ko for side in reading.sides]
    for name, value in zip(("first", "second"), labels, strict=True):
        derive(evidence, name, [value])
    if first is None or second is None:
        return result
    values = {
        "difference": first - second,
        "change": (first - second) / second if second else None,
        "times": first / second if second else None,
    }
    result.value = values.get(reading.mode)
    for name in ("difference", "change", "times"):
        derive(evidence, name, [values[name]])
    return result


# -- values, rows, columns --------------------------------------------------------------------------------


def _distinct(reading: Reading, data: Data) -> Result:
    field_ = reading.group[0]
    where = filters(reading.where)
    if field_.part is Part.VALUE:
        evidence = data.run(
            Query(
                (
                    Measure(Function.DISTINCT, field_.column),
                    Measure(Function.COUNT),
                    Measure(Function.COUNT, field_.column),
                ),
                where,
            ),
            "unique",
        )
        value, matched, present = evidence["rows"][0]
        return _with_missing(Result(reading, [evidence], value=value, matched=matched), matched - present)
    query = Query(
        (Measure(Function.COUNT),),
        (*where, Filter(field_, Op.PRESENT)),
        (field_,),
        order=(Order(1, descending=True),),
    )
    evidence = data.run(query, "unique")
    derive(evidence, "distinct", [evidence["total_rows"]] * len(evidence["rows"]))
    return Result(reading, [evidence], value=evidence["total_rows"], matched=evidence["matched"])


def _values(reading: Reading, data: Data) -> Result:
    return _grouped(replace(reading, figure=Figure()), data, (Measure(Function.COUNT),), tool="value_counts")


def _rows(reading: Reading, data: Data) -> Result:
    if reading.order_by:
        return _ranked_rows(reading, data)
    query = Query(columns=reading.columns, where=filters(reading.where), limit=reading.limit or 5)
    evidence = data.run(query, "sample")
    return Result(
        reading,
        [evidence],
        rows=evidence["rows"],
        total=evidence["total_rows"],
        matched=evidence["total_rows"],
    )


def _ranked_rows(reading: Reading, data: Data) -> Result:
    """List the rows that have the most of a column, and one behind them to see a tie."""
    names = (*_names_of_rows(data.profile), *reading.columns, reading.order_by)
    columns = tuple(dict.fromkeys(names))
    where = (*filters(reading.where), Filter(Field(reading.order_by), Op.PRESENT))
    wanted = reading.nth or reading.limit or 1
    order = (Order(columns.index(reading.order_by), descending=reading.direction is not Direction.LEAST),)
    query = Query(columns=columns, where=where, order=order, limit=min(wanted + _NEXT, _MOST_GROUPS))
    evidence = data.run(query, "sort")
    return Result(
        reading,
        [evidence],
        rows=evidence["rows"],
        total=evidence["total_rows"],
        matched=evidence["total_rows"],
        shown=wanted,
    )


def _names_of_rows(profile: Profile) -> tuple[str, ...]:
    """Return the columns by which a row is told from others: identifiers, else the first of text."""
    ids = [column.name for column in profile.columns if column.role == "id"][:1]
    texts = [column.name for column in profile.columns if column.type.is_temporal or column.type == "text"][
        :2
    ]
    return tuple(ids or texts)


def _correlation(reading: Reading, data: Data) -> Result:
    both = tuple(
        Filter(Field(name), Op.PRESENT) for name in (reading.figure.column or "", reading.figure.other or "")
    )
    evidence = data.run(
        Query(
            (_measure(reading.figure), Measure(Function.COUNT, where=both), Measure(Function.COUNT)),
            filters(reading.where),
        ),
        "correlation",
    )
    value, present, matched = evidence["rows"][0]
    return _with_missing(Result(reading, [evidence], value=value, matched=matched), matched - present)


def _outliers(reading: Reading, data: Data) -> Result:
    """Count values beyond 1.5 interquartile ranges of the quartiles (Tukey 1977, Exploratory Data Analysis)."""
    column, where = reading.figure.column or "", filters(reading.where)
    quartiles = tuple(Measure(Function.PERCENTILE, column, fraction=fraction) for fraction in (0.25, 0.75))
    first = data.run(Query((*quartiles, Measure(Function.COUNT, column)), where), "percentile")
    low, high, present = first["rows"][0]
    if low is None:
        return Result(reading, [first], matched=present)
    fences = (low - 1.5 * (high - low), high + 1.5 * (high - low))
    derive(first, "lower fence", [fences[0]])
    derive(first, "upper fence", [fences[1]])
    below = (Filter(Field(column), Op.BELOW, (fences[0],)),)
    above = (Filter(Field(column), Op.ABOVE, (fences[1],)),)
    second = data.run(
        Query((Measure(Function.COUNT, where=below), Measure(Function.COUNT, where=above)), where), "outliers"
    )
    under, over = second["rows"][0]
    derive(second, "outliers", [under + over])
    return Result(reading, [second, first], value=under + over, matched=present, fences=fences)


def _range(reading: Reading, data: Data) -> Result:
    column = reading.figure.column or ""
    measures = (Measure(Function.MIN, column), Measure(Function.MAX, column), Measure(Function.COUNT, column))
    evidence = data.run(Query(measures, filters(reading.where)), "date_range")
    return Result(reading, [evidence], sides=tuple(evidence["rows"][0][:2]), matched=evidence["rows"][0][2])


def _columns(reading: Reading, data: Data) -> Result:
    rows = [[column.source_name, str(column.type), column.missing] for column in data.profile.columns]
    evidence = {
        "tool": "columns",
        "arguments": {},
        "columns": ["column", "type", "missing"],
        "rows": rows[:_MOST_GROUPS],
        "total_rows": len(rows),
        "summary": [data.profile.rows],
    }
    return Result(reading, [evidence], rows=rows, total=len(rows), matched=data.profile.rows)


def _missing(reading: Reading, data: Data) -> Result:
    """List the columns that miss values, those that miss most first."""
    gaps = sorted((c for c in data.profile.columns if c.missing), key=lambda column: -column.missing)[:40]
    if not gaps:
        return _columns(reading, data)
    measures = tuple(
        Measure(Function.COUNT, where=(Filter(Field(column.name), Op.MISSING),)) for column in gaps
    )
    evidence = data.run(Query((*measures, Measure(Function.COUNT)), filters(reading.where)), "missing")
    row = evidence["rows"][0]
    rows = sorted(
        ([column.source_name, count] for column, count in zip(gaps, row, strict=False)),
        key=lambda pair: -pair[1],
    )
    evidence["columns"], evidence["rows"] = ["column", "missing"], rows
    evidence.setdefault("summary", []).append(row[-1])
    return Result(reading, [evidence], rows=rows, total=len(rows), matched=row[-1])


def _count_missing_behind_not(result: Result, data: Data) -> Result:
    """Count the rows without a value among those that pass a 'not', and say it with the answer."""
    negated = [c for c in (*result.reading.where, *result.reading.part) if c.negated and c.kind is Kind.VALUE]
    if not negated or not result.evidence:
        return result
    where = (*filters(result.reading.where), *(Filter(each.field, Op.MISSING) for each in negated[0].filters))
    evidence = data.run(Query((Measure(Function.COUNT),), where), "missing")
    result.negated_missing = int(evidence["rows"][0][0])
    result.evidence[0].setdefault("summary", []).append(result.negated_missing)
    return result


_PLANS: dict[Ask, Callable[[Reading, Data], Result]] = {
    Ask.FIGURE: _figure, Ask.SHARE: _share, Ask.GROUPS: _groups, Ask.RANKING: _groups, Ask.COMPARISON: _comparison,
    Ask.DISTINCT: _distinct, Ask.VALUES: _values, Ask.ROWS: _rows, Ask.CORRELATION: _correlation, Ask.OUTLIERS: _outliers,
    Ask.RANGE: _range, Ask.COLUMNS: _columns, Ask.MISSING: _missing,
}  # fmt: skip
