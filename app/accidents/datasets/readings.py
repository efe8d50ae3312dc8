"""Say in Korean and in English what a query asks, so that a wrong reading is seen."""

from __future__ import annotations

from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Part, Query, Value

PARTS = {
    Part.VALUE: ("{}", "{}"),
    Part.YEAR: ("{} 연도", "year of {}"),
    Part.QUARTER: ("{} 분기", "quarter of {}"),
    Part.MONTH: ("{} 월", "month of {}"),
    Part.YEAR_MONTH: ("{} 연월", "year and month of {}"),
    Part.DAY: ("{} 일", "day of {}"),
    Part.DATE: ("{} 날짜", "date of {}"),
    Part.WEEKDAY: ("{} 요일", "weekday of {}"),
    Part.HOUR: ("{} 시", "hour of {}"),
    Part.BIN: ("{} 구간", "bins of {}"),
    Part.WORD: ("{}의 {}번째 단어", "word {1} of {0}"),
}
OPS = {
    Op.IS: ("{} = {}", "{} is {}"),
    Op.IS_NOT: ("{} ≠ {}(값 없음 포함)", "{} is not {} (missing ones included)"),
    Op.IN: ("{} ∈ {}", "{} is one of {}"),
    Op.NOT_IN: ("{} ∉ {}(값 없음 포함)", "{} is none of {} (missing ones included)"),
    Op.BELOW: ("{} < {}", "{} below {}"),
    Op.AT_MOST: ("{} ≤ {}", "{} at most {}"),
    Op.ABOVE: ("{} > {}", "{} above {}"),
    Op.AT_LEAST: ("{} ≥ {}", "{} at least {}"),
    Op.BETWEEN: ("{} {}부터 {}까지", "{} from {} to {}"),
    Op.STARTS_WITH: ("{}이(가) {}(으)로 시작", "{} begins with {}"),
    Op.CONTAINS: ("{}에 {} 포함", "{} contains {}"),
    Op.MISSING: ("{} 값 없음", "{} is missing"),
    Op.PRESENT: ("{} 값 있음", "{} is there"),
}
FUNCTIONS = {
    Function.COUNT: ("{} 개수", "count of {}"),
    Function.DISTINCT: ("{} 서로 다른 값의 수", "distinct values of {}"),
    Function.SUM: ("{} 합계", "sum of {}"),
    Function.MEAN: ("{} 평균", "mean of {}"),
    Function.MEDIAN: ("{} 중앙값", "median of {}"),
    Function.PERCENTILE: ("{} {} 백분위수", "percentile {1} of {0}"),
    Function.MIN: ("{} 최솟값", "lowest {}"),
    Function.MAX: ("{} 최댓값", "highest {}"),
    Function.DEVIATION: ("{} 표준편차", "standard deviation of {}"),
    Function.SHARE: ("{} 비율", "share of {}"),
    Function.PART: ("전체 {} 중 비율", "part of all {}"),
    Function.CORRELATION: ("{}과(와) {}의 상관계수", "correlation of {} and {}"),
}
LANGUAGES = ("ko", "en")
ROWS = ("행", "rows")


def read(query: Query, language: str) -> str:
    """Return one line that says what a query asks."""
    at = LANGUAGES.index(language)
    if query.measures:
        what = ", ".join(_measure(each, at) for each in query.measures)
    else:
        what = ("행 목록: ", "rows: ")[at] + (", ".join(query.columns) or ("모든 열", "all columns")[at])
    parts = [what]
    if query.group:
        groups = ", ".join(name_field(each, at) for each in query.group)
        parts.append((f"{groups}별", f"by {groups}")[at])
    if query.where:
        parts.append(("조건: ", "where ")[at] + _conditions(query.where, at))
    parts += [
        OPS[each.op][at].format(_measure(query.measures[each.position], at), _shown(each.value))
        for each in query.having
    ]
    parts += [_order(each, query, at) for each in query.order]
    if query.order and query.group:
        parts.append((f"상위 {query.limit}개", f"first {query.limit}")[at])
    return "; ".join(parts)


def name_field(term: Field, at: int) -> str:
    """Return a column, or a part of it, in words."""
    return PARTS[term.part][at].format(term.column, term.number)


def _measure(measure: Measure, at: int) -> str:
    name = measure.column or ROWS[at]
    extra = f"{measure.fraction:.0%}" if measure.fraction is not None else measure.other
    function = FUNCTIONS[measure.function][at].format(name, extra)
    return f"{function} ({_conditions(measure.where, at)})" if measure.where else function


def _conditions(where: tuple[Filter, ...], at: int) -> str:
    return (" 그리고 ", " and ")[at].join(_condition(each, at) for each in where)


def _condition(each: Filter, at: int) -> str:
    own = _one_condition(each, at)
    return (" 또는 ", " or ")[at].join([own, *(_one_condition(other, at) for other in each.others)])


def _one_condition(each: Filter, at: int) -> str:
    if each.against is not None:
        return OPS[each.op][at].format(name_field(each.field, at), name_field(each.against, at))
    term, values = name_field(each.field, at), [_shown(value) for value in each.values]
    if each.op in {Op.IN, Op.NOT_IN}:
        values = [", ".join(values)]
    return OPS[each.op][at].format(term, *values)


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _order(order: Order, query: Query, at: int) -> str:
    names = [name_field(each, at) for each in query.group] + [_measure(each, at) for each in query.measures]
    names = names if query.measures else list(query.columns)
    direction = ("내림차순", "descending") if order.descending else ("오름차순", "ascending")
    name = names[order.position] if order.position < len(names) else str(order.position)
    return f"{name} {direction[at]}"
