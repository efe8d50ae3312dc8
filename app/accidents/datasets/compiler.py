"""Compile a query to one parameterised DuckDB statement: names of the profile, values as parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from app.accidents.datasets.operands import (
    BadQuery,
    check_values,
    has_plain_blanks,
    kind_of,
    moment_operand,
    number_operand,
)
from app.accidents.datasets.profile import Column, Profile, Type
from app.accidents.datasets.query import (
    MOST_PARTS,
    MOST_ROWS,
    Field,
    Filter,
    Function,
    Measure,
    Op,
    Part,
    Query,
    Value,
)
from app.accidents.datasets.templates import (
    AGGREGATES,
    COMPARISONS,
    DATE_PARTS,
    GROUP_COMPARISONS,
    NUMERIC,
    ROW,
    TABLE,
    quote,
)


@dataclass(frozen=True)
class Statement:
    """SQL and its parameters. The result has `width` columns, and then counts.

    Of a grouped query these are: groups in all, rows that pass the filters, and those of them that the
    first measure leaves out as missing; of listed rows: rows that pass the filters.
    """

    sql: str
    parameters: tuple[Value, ...]
    width: int


@dataclass
class _Parameters:
    """The values of a statement in the order in which its text names them."""

    values: list[Value] = field(default_factory=list)

    def add(self, value: Value) -> str:
        """Return the placeholder of a value."""
        self.values.append(value)
        return "?"


def compile_query(query: Query, profile: Profile) -> Statement:
    """Return the statement that answers a query.

    Raises:
        UnknownColumn: a column is none of the profile's.
        BadQuery: a column has not the type that is needed, or a number is out of its bounds.

    """
    _check_bounds(query)
    return _Compiler(profile).aggregate(query) if query.measures else _Compiler(profile).rows(query)


def _check_bounds(query: Query) -> None:
    """Raise BadQuery where a query is larger than any question is."""
    conditions = sum(1 + len(each.others) for each in _all_filters(query))
    parts = len(query.measures) + len(query.group) + conditions + len(query.having)
    if parts > MOST_PARTS:
        raise BadQuery(f"The query has {parts} parts; it may have {MOST_PARTS}.")
    if not 1 <= query.limit <= MOST_ROWS or query.offset < 0:
        raise BadQuery(
            f"limit is {query.limit}, offset {query.offset}; right are 1 to {MOST_ROWS}, and 0 up."
        )
    width = len(query.group) + len(query.measures) if query.measures else len(query.columns)
    for order in query.order:
        if not 0 <= order.position < width:
            raise BadQuery(f"order names column {order.position} of a result with {width} columns.")


def _all_filters(query: Query) -> tuple[Filter, ...]:
    return (*query.where, *(each for measure in query.measures for each in measure.where))


@dataclass
class _Compiler:
    """The state of one compilation."""

    profile: Profile
    parameters: _Parameters = field(default_factory=_Parameters)

    def rows(self, query: Query) -> Statement:
        """Return the statement that lists rows."""
        names = query.columns or tuple(column.name for column in self.profile.columns)
        shown = [quote(self.profile.column(name).name) for name in names]
        count = f"(SELECT count(*) FROM {TABLE}{self._where(query.where)})"
        sql = f"SELECT {', '.join(shown)}, {count} FROM {TABLE}"
        where, cut = self._where(query.where), f" LIMIT {query.limit:d} OFFSET {query.offset:d}"
        if not query.order:  # rows come as they were written
            return self._statement(sql + where + cut, len(shown))
        keys = [f"{shown[o.position]}{' DESC' if o.descending else ''} NULLS LAST" for o in query.order]
        order = f" ORDER BY {', '.join([*keys, ROW])}"
        # Only numbers are sorted, and then the few rows of the page: a thousand columns take no more memory.
        sql += f" WHERE {ROW} IN (SELECT {ROW} FROM {TABLE}{where}{order}{cut}){order}"
        return self._statement(sql, len(shown))

    def aggregate(self, query: Query) -> Statement:
        """Return the statement that computes figures a group."""
        groups = [f"{self._term(each)} AS g{i}" for i, each in enumerate(query.group)]
        figures = [f"{self._measure(each)} AS m{i}" for i, each in enumerate(query.measures)]
        counts = [
            "CAST(sum(count(*)) OVER () AS BIGINT) AS matched",
            f"CAST(sum({self._left_out(query.measures[0])}) OVER () AS BIGINT) AS left_out",
        ]
        inner = f"SELECT {', '.join(groups + figures + counts)} FROM {TABLE}{self._where(query.where)}"
        inner += " GROUP BY " + ", ".join(str(i + 1) for i in range(len(groups))) if groups else ""
        names = [f"g{i}" for i in range(len(groups))] + [f"m{i}" for i in range(len(figures))]
        keys = [f"{names[o.position]}{' DESC' if o.descending else ''} NULLS LAST" for o in query.order]
        sql = f"SELECT {', '.join(names)}, count(*) OVER () AS groups, matched, left_out FROM ({inner})"
        sql += self._having(query)
        keeps_ties = query.ties and keys and groups and query.limit < MOST_ROWS
        if keeps_ties:
            sql += f" QUALIFY rank() OVER (ORDER BY {', '.join(keys)}) <= {query.limit + query.offset:d}"
        rest = [f"g{i} NULLS LAST" for i in range(len(groups))]
        sql += f" ORDER BY {', '.join(keys + rest)}" if keys + rest else ""
        sql += f" LIMIT {MOST_ROWS if keeps_ties else query.limit:d} OFFSET {query.offset:d}"
        return self._statement(sql, len(names))

    def _having(self, query: Query) -> str:
        """Return the conditions on groups."""
        terms = []
        for each in query.having:
            if each.op not in GROUP_COMPARISONS or not 0 <= each.position < len(query.measures):
                raise BadQuery(f"A condition on groups is {each.op} of measure {each.position}.")
            value = self.parameters.add(float(each.value))
            terms.append(COMPARISONS[each.op].format(f"m{each.position}", value))
        return " WHERE " + " AND ".join(terms) if terms else ""

    def _statement(self, sql: str, width: int) -> Statement:
        return Statement(sql, tuple(self.parameters.values), width)

    def _left_out(self, measure: Measure) -> str:
        """Return a count of rows in which the measure's column is missing."""
        if measure.column is None:
            return "0"
        column = quote(self.profile.column(measure.column).name)
        return f"count(*) - count({column})"

    def _term(self, term: Field) -> str:
        """Return the expression of a column or a part of it."""
        column = self.profile.column(term.column)
        name = quote(column.name)
        if term.part is Part.VALUE:
            return name
        if term.part is Part.BIN:
            return self._bin(column, term)
        if term.part is Part.WORD:
            return self._word(column, term)
        if not column.type.is_temporal or (term.part is Part.HOUR and column.type is not Type.DATETIME):
            raise BadQuery(f"{column.name!r} is {column.type}; it has no {term.part}.")
        return DATE_PARTS[term.part].format(name)

    def _bin(self, column: Column, term: Field) -> str:
        width = term.width or 0.0
        if not column.type.is_numeric or not (math.isfinite(width) and width > 0):
            raise BadQuery(f"{column.name!r} is {column.type} and the bin {term.width}; bins need numbers.")
        step = self.parameters.add(float(width))
        return f"floor({quote(column.name)} / {step}) * {self.parameters.add(float(width))}"

    def _word(self, column: Column, term: Field) -> str:
        if column.type.is_numeric or column.type.is_temporal or not term.number:
            raise BadQuery(f"{column.name!r} is {column.type}; a word needs text, and its number from 1.")
        name = quote(column.name)
        if has_plain_blanks(column):  # a twentieth of the time that splitting by a pattern takes
            return f"nullif(split_part({name}, ' ', {self.parameters.add(term.number)}), '')"
        split = f"string_split_regex(trim({name}), '\\s+')"
        return f"nullif(list_extract({split}, {self.parameters.add(term.number)}), '')"

    def _measure(self, measure: Measure) -> str:
        """Return the expression of a figure."""
        if measure.function in {Function.SHARE, Function.PART}:
            return self._ratio(measure)
        name = self._measured(measure)
        if measure.function is Function.PERCENTILE:
            fraction = measure.fraction if measure.fraction is not None else -1
            if not 0 <= fraction <= 1:
                raise BadQuery(f"The fraction of a percentile is {measure.fraction}; right is 0 to 1.")
            # DuckDB takes a constant here and no parameter; a float's text holds nothing else.
            figure = f"quantile_cont({name}, {float(fraction)!r})"
        elif measure.function is Function.CORRELATION:
            figure = f"corr({name}, {self._measured(measure, measure.other)})"
        else:
            figure = AGGREGATES[measure.function].format(name)
        return figure + self._only(measure.where)

    def _measured(self, measure: Measure, name: str | None = None) -> str:
        """Return the identifier of what a function is computed of, checked for its type."""
        wanted = name or measure.column
        if wanted is None:
            if measure.function is Function.COUNT:
                return "*"
            raise BadQuery(f"{measure.function} needs a column.")
        column = self.profile.column(wanted)
        if measure.function in NUMERIC | {Function.CORRELATION, Function.SHARE, Function.PART}:
            if not column.type.is_numeric:
                raise BadQuery(f"{column.name!r} is {column.type}; {measure.function} needs numbers.")
            if not column.is_measure:
                raise BadQuery(f"{column.name!r} is an identifier; it has no {measure.function}.")
        return quote(column.name)

    def _ratio(self, measure: Measure) -> str:
        """Return a share of rows, or of a column's sum."""
        whole = "count(*)" if measure.column is None else f"sum({self._measured(measure)})"
        if measure.function is Function.SHARE and not measure.where:
            raise BadQuery("A share needs the condition of its numerator in `where`.")
        part = f"CAST({whole}{self._only(measure.where)} AS DOUBLE)"
        if measure.column is not None and measure.where:  # no row of it is a share of 0, not an unknown one
            part = f"coalesce({part}, CASE WHEN {whole} IS NULL THEN NULL ELSE 0 END)"
        over = f"sum({whole}) OVER ()" if measure.function is Function.PART else whole
        return f"{part} / nullif({over}, 0)"

    def _only(self, where: tuple[Filter, ...]) -> str:
        return f" FILTER (WHERE {self._conditions(where)})" if where else ""

    def _where(self, where: tuple[Filter, ...]) -> str:
        return f" WHERE {self._conditions(where)}" if where else ""

    def _conditions(self, where: tuple[Filter, ...]) -> str:
        return " AND ".join(f"({self._condition(each)})" for each in where)

    def _condition(self, each: Filter) -> str:
        """Return the expression of one filter, and of those that may hold instead of it."""
        if each.others:
            own = replace(each, others=())
            return " OR ".join(f"({self._condition(one)})" for one in (own, *each.others))
        if each.against is not None:
            return self._between_columns(each, each.against)
        return self._comparison(each)

    def _between_columns(self, each: Filter, against: Field) -> str:
        """Return the comparison of two columns of numbers, or of two of dates."""
        left = kind_of(self.profile.column(each.field.column), each.field.part)
        right = kind_of(self.profile.column(against.column), against.part)
        alike = (left.is_numeric and right.is_numeric) or (left.is_temporal and right.is_temporal)
        if each.op not in GROUP_COMPARISONS or not (alike or left == right):
            raise BadQuery(
                f"{each.field.column!r} is {left}, {against.column!r} {right}: not to be compared."
            )
        return COMPARISONS[each.op].format(self._term(each.field), self._term(against))

    def _comparison(self, each: Filter) -> str:
        """Return the comparison of a column with values."""
        check_values(each)
        kind = kind_of(self.profile.column(each.field.column), each.field.part)
        if each.op in {Op.STARTS_WITH, Op.CONTAINS} and kind is not Type.TEXT:
            raise BadQuery(f"{each.field.column!r} is {kind}; {each.op} needs text.")
        term = self._term(each.field)
        values = [self._value(value, kind, each.field.column) for value in each.values]
        if each.op is Op.IN:
            return f"{term} IN ({', '.join(values)})"
        if each.op is Op.NOT_IN:
            return f"coalesce({term} NOT IN ({', '.join(values)}), true)"
        return COMPARISONS[each.op].format(term, *values)

    def _value(self, value: Value, kind: Type, column: str) -> str:
        """Return the placeholder of a value, checked for its type."""
        if kind.is_temporal:
            self.parameters.add(moment_operand(value, column))
            return f"CAST(? AS {'DATE' if kind is Type.DATE else 'TIMESTAMP'})"
        if kind.is_numeric:
            return self.parameters.add(number_operand(value, column))
        return self.parameters.add(str(value))
