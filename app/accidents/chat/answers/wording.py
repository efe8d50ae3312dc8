"""Say an answer in the question's language: the figure, how it was read, of how many rows, what was left out."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plan import WEEKDAYS, Result
from app.accidents.chat.grammar.columns import unit_of
from app.accidents.chat.grammar.reading import Condition, Direction, Figure, Reading
from app.accidents.chat.grammar.units import SHOWN
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.query import Field, Function, Part

_MONTHS = "January February March April May June July August September October November December".split()
_MOST_LISTED = 31
_FUNCTIONS = {
    "ko": {
        Function.SUM: "합계", Function.MEAN: "평균", Function.MEDIAN: "중앙값", Function.MIN: "최솟값", Function.MAX: "최댓값",
        Function.DEVIATION: "표준편차", Function.PERCENTILE: "백분위수", Function.COUNT: "값이 있는 행",
    },
    "en": {
        Function.SUM: "sum", Function.MEAN: "mean", Function.MEDIAN: "median", Function.MIN: "minimum", Function.MAX: "maximum",
        Function.DEVIATION: "standard deviation", Function.PERCENTILE: "percentile", Function.COUNT: "rows with a value",
    },
}  # fmt: skip


def number(value: Any) -> str:
    """Return a number as people read it: thousands apart, as many decimals as it needs."""
    if value is None:
        return "-"
    if isinstance(value, bool | str):
        return str(value)
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 1:
        return f"{value:,.2f}"
    return f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.6f}"


def percent(value: Any) -> str:
    """Return a share of 0..1 in percent."""
    if value is None:
        return "-"
    shown = f"{100 * value:.2f}"
    return f"{shown} %" if float(shown) or not value else f"{100 * value:.4f} %"


class Wording:
    """Sentences in one language."""

    def __init__(self, lang: str, words: Vocabulary) -> None:
        self.ko = lang == "ko"
        self.lang = "ko" if self.ko else "en"
        self.words = words

    def say(self, ko: str, en: str) -> str:
        """Return what belongs to the language."""
        return ko if self.ko else en

    def answer(self, result: Result) -> str:
        """Return the answer to a question."""
        body = getattr(self, f"_{result.reading.ask.value}")(result)
        return " ".join(part for part in (body, *self._remarks(result)) if part)

    # -- parts ---------------------------------------------------------------------------------------------

    def conditions(self, conditions: tuple[Condition, ...]) -> str:
        """Return conditions in a row."""
        return "; ".join(condition.ko if self.ko else condition.en for condition in conditions)

    def _scope(self, conditions: tuple[Condition, ...]) -> str:
        if conditions:
            return f"[{self.conditions(conditions)}]"
        return self.say("[전체]", "[all rows]")

    def figure(self, figure: Figure) -> str:
        """Return the name of what is computed."""
        if figure.of_rows:
            return self.say("행 수", "number of rows")
        name = self.words.column(figure.column or "").source_name
        if figure.function is Function.PERCENTILE:
            rank = f"{round((figure.fraction or 0) * 100, 2):g}"
            return self.say(f"{name}의 {rank}백분위수", f"{rank}th percentile of {name}")
        word = _FUNCTIONS[self.lang].get(figure.function, str(figure.function))
        return self.say(f"{name} {word}", f"{word} of {name}")

    def _unit(self, figure: Figure) -> str:
        if figure.of_rows:
            return self.say("건", "")
        unit = unit_of(self.words.column(figure.column or "")) or ""
        shown = SHOWN.get(unit, (unit, unit))[0 if self.ko else 1]
        return f" {shown}" if shown else ""

    def value(self, result: Result, value: Any) -> str:
        """Return a value with its unit."""
        figure = result.reading.figure
        if figure.function is Function.SHARE:
            return percent(value)
        if not figure.of_rows:
            column = self.words.column(figure.column or "")
            if column.unit == "%" and value is not None:
                return f"{value:,.2f} %"
        return (number(value) + self._unit(figure)).strip()

    def label(self, field: Field, value: Any) -> str:
        """Return a group's label."""
        if value is None:
            return self.say("(값 없음)", "(missing)")
        if field.part is Part.WEEKDAY:
            return WEEKDAYS[int(value) - 1].split()[0 if self.ko else 1]
        if field.part is Part.MONTH:
            return f"{value}월" if self.ko else _MONTHS[int(value) - 1]
        if field.part is Part.YEAR_MONTH:
            year, month = str(value).split("-")
            return f"{year}년 {int(month)}월" if self.ko else f"{_MONTHS[int(month) - 1]} {year}"
        shapes = {
            Part.HOUR: ("{}시", "{}:00"),
            Part.YEAR: ("{}년", "{}"),
            Part.QUARTER: ("{}분기", "quarter {}"),
            Part.DAY: ("{}일", "day {}"),
        }
        return shapes.get(field.part, ("{}", "{}"))[0 if self.ko else 1].format(value)

    def field(self, field: Field) -> str:
        """Return the name of what is grouped by."""
        level = next((each.names for each in self.words.levels if each.field == field and each.names), ())
        if level:
            return next((name for name in level if name.isascii() != self.ko), level[0])
        names = {
            Part.YEAR: ("연도", "year"), Part.MONTH: ("월", "month"), Part.HOUR: ("시간대", "hour"), Part.WEEKDAY: ("요일", "weekday"),
            Part.QUARTER: ("분기", "quarter"), Part.YEAR_MONTH: ("연월", "year and month"), Part.DATE: ("날짜", "date"), Part.DAY: ("일", "day"),
        }  # fmt: skip
        named = names.get(field.part)
        return named[0 if self.ko else 1] if named else self.words.column(field.column).source_name

    def _remarks(self, result: Result) -> list[str]:
        """Return what must be said with an answer: what was assumed, kept, left out."""
        reading = result.reading
        remarks = [ko if self.ko else en for ko, en in reading.notes]
        if reading.kept:
            kept = self.conditions(reading.kept)
            remarks.append(
                self.say(
                    f"앞 질문의 조건을 그대로 두었습니다: {kept}.", f"Kept from the question before: {kept}."
                )
            )
        if result.missing:
            remarks.append(
                self.say(
                    f"값이 없는 {number(result.missing)}행은 뺐습니다.",
                    f"{number(result.missing)} rows without a value are left out.",
                )
            )
        if result.negated_missing is not None:
            count = number(result.negated_missing)
            remarks.append(
                self.say(f"그중 값이 없는 행은 {count}개입니다.", f"Of these, {count} have no value there.")
            )
        if result.group_missing:
            count = number(result.group_missing)
            remarks.append(
                self.say(
                    f"{self.field(reading.group[0])} 값이 없는 {count}행은 순위에 넣지 않았습니다.",
                    f"{count} rows without a {self.field(reading.group[0])} are not ranked.",
                )
            )
        if result.turned_by:
            remarks.append(self.say(
                f"주의: {result.turned_by}의 각 값 안에서 보면 순서가 반대로 바뀝니다(심슨의 역설).",
                f"Caution: within every value of {result.turned_by} the order turns round (Simpson's paradox).",
            ))  # fmt: skip
        return remarks

    def _nothing(self, result: Result) -> str:
        scope = self._scope(result.reading.where)
        return self.say(f"{scope} 조건에 맞는 행이 없습니다.", f"No rows match {scope}.")

    # -- kinds of answer ------------------------------------------------------------------------------------

    def _figure(self, result: Result) -> str:
        reading = result.reading
        scope = self._scope(reading.where)
        if reading.figure.of_rows and not reading.per:
            rows = number(result.value)
            none = "" if result.value else self.say(" 조건에 맞는 행이 없습니다.", " No rows match.")
            return self.say(
                f"{rows}건입니다. 읽은 뜻: {scope} 행 수.{none}",
                f"{rows} rows. Read as: number of rows, {scope}.{none}",
            )
        if result.is_empty:
            return self._nothing(result)
        if reading.per:
            return self._per(result)
        name = self.figure(reading.figure)
        if result.value is None:
            return self.say(
                f"{scope} 조건에 맞는 행은 있지만 {name}을(를) 낼 값이 없습니다(모두 비어 있음).",
                f"There are rows for {scope}, but no value for the {name}: it is missing in all of them.",
            )
        value = self.value(result, result.value)
        base = self.say(f"행 {number(result.matched)}개", f"{number(result.matched)} rows")
        text = self.say(
            f"{value}입니다. 읽은 뜻: {scope} {name} ({base}).",
            f"{value}. Read as: {name}, {scope} ({base}).",
        )
        if result.converted is None:
            return text
        amount, unit = result.converted
        shown = f"{number(amount)} {SHOWN[unit][0 if self.ko else 1]}"
        return self.say(f"{shown}, 곧 {text}", f"{shown}, that is {text}")

    def _per(self, result: Result) -> str:
        per = {"day": ("하루", "day"), "month": ("한 달", "month"), "year": ("한 해", "year")}[
            result.reading.per
        ]
        scope, value = self._scope(result.reading.where), number(result.value)
        of = f"{number(result.numerator)} / {number(result.denominator)}"
        return self.say(
            f"{per[0]} 평균 {value}입니다 ({of}). 조건: {scope}.",
            f"{value} per {per[1]} on average ({of}), {scope}.",
        )

    def _share(self, result: Result) -> str:
        if result.reading.group or not result.reading.part:
            return self._groups(result)
        if result.is_empty:
            return self._nothing(result)
        reading = result.reading
        part, whole = self.conditions(reading.part), self._scope(reading.where)
        of = f"{number(result.numerator)} / {number(result.denominator)}"
        weight = self._weight(reading)
        return self.say(
            f"{percent(result.value)}입니다: 분자 [{part}] / 분모 {whole} = {of}{weight}.",
            f"{percent(result.value)}: numerator [{part}] / denominator {whole} = {of}{weight}.",
        )

    def _weight(self, reading: Reading) -> str:
        if not reading.figure.weight:
            return ""
        name = self.words.column(reading.figure.weight).source_name
        return self.say(f" ({name} 합계로 계산)", f" (by the sum of {name})")

    def _groups(self, result: Result) -> str:
        if not result.rows:
            return self._nothing(result)
        reading = result.reading
        shown = result.rows[:_MOST_LISTED]
        listed = ", ".join(self._row(result, row) for row in shown)
        more = ""
        if result.total > len(shown):
            more = self.say(
                f" (모두 {number(result.total)}개 중 {len(shown)}개)",
                f" ({len(shown)} of {number(result.total)})",
            )
            result.evidence[0].setdefault("summary", []).append(len(shown))
        by = ", ".join(self.field(each) for each in reading.group)
        what = self._what(reading)
        if reading.bound is not None:
            return self._bounded(result, listed + more)
        trend = self._trend(result) if reading.mode == "trend" else ""
        head = self.say(
            f"{by}별 {what}, {self._scope(reading.where)}", f"{what} by {by}, {self._scope(reading.where)}"
        )
        return f"{head}: {listed}{more}.{trend}"

    def _bounded(self, result: Result, listed: str) -> str:
        """Say which groups, and how many, have a figure as it is asked for."""
        reading, bound = result.reading, result.reading.bound
        assert bound is not None
        by = self.field(reading.group[0])
        sign = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}.get(bound.op.value, "=")
        amount = self.value(result, bound.number)
        if bound.reference is not None:
            amount = self.say("전체 평균 ", "the mean of all rows, ") + amount
        held = f"{self._what(reading)} {sign} {amount}"
        result.evidence[0].setdefault("summary", []).extend([result.total, bound.number])
        return self.say(
            f"{number(result.total)}개입니다: {listed}. 읽은 뜻: {held}인 {by}, 조건 {self._scope(reading.where)}.",
            f"{number(result.total)}: {listed}. Read as: {by} with {held}, {self._scope(reading.where)}.",
        )

    def _what(self, reading: Reading) -> str:
        if reading.figure.function is Function.SHARE:
            part = self.conditions(reading.part)
            return self.say(
                f"[{part}]의 비율" if part else "전체에서 차지하는 비율",
                f"share of [{part}]" if part else "share of all",
            ) + self._weight(reading)
        return self.figure(reading.figure)

    def _trend(self, result: Result) -> str:
        values = [row for row in result.rows if row[1] is not None]
        if len(values) < 2:
            return ""
        first, last = values[0], values[-1]
        way = (last[1] > first[1]) - (last[1] < first[1])
        ko, en = {
            1: ("늘었습니다", "it rose"),
            -1: ("줄었습니다", "it fell"),
            0: ("같습니다", "it is the same"),
        }[way]
        field = result.reading.group[0]
        return self.say(
            f" {self.label(field, first[0])}에 비해 {self.label(field, last[0])}에는 {ko}.",
            f" From {self.label(field, first[0])} to {self.label(field, last[0])} {en}.",
        )

    def _row(self, result: Result, row: list[Any]) -> str:
        reading, width = result.reading, len(result.reading.group)
        label = " · ".join(self.label(each, value) for each, value in zip(reading.group, row, strict=False))
        of = ""
        if reading.figure.function is Function.SHARE and reading.part:
            of = f" ({number(row[width + 1])}/{number(row[width + 2])})"
        elif reading.figure.function is Function.SHARE:
            of = f" ({number(row[width + 1])})"
        return f"{label} {self.value(result, row[width])}{of}"

    def _ranking(self, result: Result) -> str:
        if not result.rows:
            return self._nothing(result)
        reading = result.reading
        width = len(reading.group)
        if reading.mode == "within":
            return self._first_within(result)
        if reading.nth:
            return self._nth(result, reading.nth)
        wanted = len(result.rows) if reading.mode == "rank" else reading.limit or 1
        last = result.rows[min(wanted, len(result.rows)) - 1][width]
        chosen = [row for i, row in enumerate(result.rows) if i < wanted or row[width] == last]
        others = [row for row in result.rows if row not in chosen] if reading.limit is None else []
        most = reading.direction is not Direction.LEAST
        what, by = self._what(reading), ", ".join(self.field(each) for each in reading.group)
        listed = ", ".join(self._row(result, row) for row in chosen[:_MOST_LISTED])
        head = self.say(
            f"{what}이(가) 가장 {'큰' if most else '작은'} {by}입니다.",
            f"{by} with the {'highest' if most else 'lowest'} {what}.",
        )
        return " ".join(
            part
            for part in (
                f"{listed}:",
                head,
                self._tie(result, chosen, wanted),
                self._next(result, others),
                self._scope_sentence(reading),
            )
            if part
        )

    def _nth(self, result: Result, nth: int) -> str:
        """Say which group stands at a place, and with which others it shares it."""
        reading, width = result.reading, len(result.reading.group)
        by = ", ".join(self.field(each) for each in reading.group)
        if len(result.rows) < nth:
            count = number(len(result.rows))
            return self.say(
                f"{by} 값이 {count}개뿐이라 {nth}번째가 없습니다.",
                f"There are only {count} of {by}, and no number {nth}.",
            )
        chosen = [row for row in result.rows if row[width] == result.rows[nth - 1][width]]
        before = [row for row in result.rows if row not in chosen and result.rows.index(row) < nth]
        most = reading.direction is not Direction.LEAST
        result.evidence[0].setdefault("summary", []).append(nth)
        listed, ahead = (", ".join(self._row(result, row) for row in rows) for rows in (chosen, before))
        head = self.say(
            f"{listed}: {self._what(reading)}이(가) {nth}번째로 {'큰' if most else '작은'} {by}입니다.",
            f"{listed}: number {nth} of {by} by the {'highest' if most else 'lowest'} {self._what(reading)}.",
        )
        tie = self._tie(result, chosen, 1)
        rest = self.say(f"그 앞은 {ahead}.", f"Before it: {ahead}.") if ahead else ""
        return " ".join(part for part in (head, tie, rest, self._scope_sentence(reading)) if part)

    def _first_within(self, result: Result) -> str:
        """Say of each outer group which inner one stands first."""
        reading = result.reading
        most = reading.direction is not Direction.LEAST
        firsts: dict[Any, list[list[Any]]] = {}
        for row in result.rows:
            rows = firsts.setdefault(row[0], [])
            if not rows or rows[0][2] == row[2]:
                rows.append(row)
        listed = "; ".join(
            ", ".join(self._row(result, row) for row in rows) for rows in list(firsts.values())[:_MOST_LISTED]
        )
        outer, inner = (self.field(each) for each in reading.group[:2])
        what, end = self._what(reading), self._scope_sentence(reading)
        head = self.say(
            f"{outer}별로 {what}이(가) 가장 {'큰' if most else '작은'} {inner}:",
            f"{inner} with the {'highest' if most else 'lowest'} {what} for each {outer}:",
        )
        return f"{head} {listed}. {end}"

    def _tie(self, result: Result, chosen: list[list[Any]], wanted: int) -> str:
        width = len(result.reading.group)
        tied = [row for row in chosen if row[width] == chosen[-1][width]]
        if len(chosen) <= wanted and len(tied) < 2:
            return ""
        if len(tied) < 2:
            return ""
        names = ", ".join(self.label(result.reading.group[0], row[0]) for row in tied[:_MOST_LISTED])
        return self.say(f"동률: {names}.", f"Tied: {names}.")

    def _next(self, result: Result, others: list[list[Any]]) -> str:
        if not others:
            return ""
        listed = ", ".join(self._row(result, row) for row in others)
        return self.say(f"다음은 {listed}.", f"Next: {listed}.")

    def _scope_sentence(self, reading: Reading) -> str:
        return self.say(f"조건: {self._scope(reading.where)}.", f"Of {self._scope(reading.where)}.")

    def _comparison(self, result: Result) -> str:
        reading = result.reading
        first, second = (side.ko if self.ko else side.en for side in reading.sides)
        a, b = (self.value(result, side) for side in result.sides)
        both = self.say(
            f"{self._what(reading)}: {first} {a}, {second} {b} (조건: {self._scope(reading.where)})",
            f"{self._what(reading)}: {first} {a}, {second} {b} ({self._scope(reading.where)})",
        )
        if None in result.sides:
            return both + "."
        return f"{self._compared(result, first, second)} {both}."

    def _compared(self, result: Result, first: str, second: str) -> str:
        mode, (a, b) = result.reading.mode, result.sides
        is_share = result.reading.figure.function is Function.SHARE
        if mode == "which" or result.value is None:
            if a == b:
                return self.say("두 값이 같습니다.", "Both are equal.")
            return self.say(
                f"{first if a > b else second} 쪽이 더 큽니다.", f"{first if a > b else second} is higher."
            )
        if mode == "times":
            return self.say(f"{number(result.value)}배입니다.", f"{number(result.value)} times as high.")
        if mode == "change":
            return self.say(
                f"{second} 대비 {percent(result.value)} 변했습니다.",
                f"A change of {percent(result.value)} against {second}.",
            )
        value = percent(abs(result.value)) if is_share else number(abs(result.value))
        way = self.say("더 많습니다", "more") if result.value >= 0 else self.say("더 적습니다", "fewer")
        return self.say(
            f"{first}이(가) {second}보다 {value} {way}.", f"{first} has {value} {way} than {second}."
        )

    def _distinct(self, result: Result) -> str:
        name, scope = self.field(result.reading.group[0]), self._scope(result.reading.where)
        return self.say(
            f"{name}의 서로 다른 값은 {number(result.value)}가지입니다. 조건: {scope}.",
            f"{name} has {number(result.value)} different values, {scope}.",
        )

    def _values(self, result: Result) -> str:
        return self._groups(result)

    def _ranked_rows(self, result: Result) -> str:
        """Say which rows have the most of a column."""
        reading = result.reading
        if not result.rows:
            return self._nothing(result)
        columns = result.evidence[0]["columns"]
        at = columns.index(reading.order_by)
        wanted = result.shown or 1
        if reading.nth and len(result.rows) < reading.nth:
            return self._nothing(result)
        last = result.rows[min(wanted, len(result.rows)) - 1][at]
        chosen = [
            row for i, row in enumerate(result.rows) if (i < wanted and not reading.nth) or row[at] == last
        ]
        listed = "; ".join(
            ", ".join(f"{name}: {self._cell(name, cell)}" for name, cell in zip(columns, row, strict=False))
            for row in chosen[:_MOST_LISTED]
        )
        most = reading.direction is not Direction.LEAST
        name = self.words.column(reading.order_by).source_name
        tied = sum(row[at] == last for row in chosen) > 1
        tie = self.say(" 마지막 자리는 동률입니다.", " The last place is tied.") if tied else ""
        nth = reading.nth or ""
        result.evidence[0].setdefault("summary", []).extend(
            [len(chosen), result.total, *([nth] if nth else [])]
        )
        return self.say(
            f"{listed}. {name}이(가) {f'{nth}번째로' if nth else '가장'} {'큰' if most else '작은'} {len(chosen)}행"
            f"({number(result.total)}행 중), 조건 {self._scope(reading.where)}.{tie}",
            f"{listed}. The {len(chosen)} rows with the {'highest' if most else 'lowest'} {name}"
            f"{f' (place {nth})' if nth else ''} of {number(result.total)}, {self._scope(reading.where)}.{tie}",
        )

    def _cell(self, name: str, value: Any) -> str:
        return (
            number(value) if self.words.column(name).is_measure else str(value if value is not None else "-")
        )

    def _rows(self, result: Result) -> str:
        if result.reading.order_by:
            return self._ranked_rows(result)
        shown = result.rows[:20]
        columns = result.evidence[0]["columns"]
        one = len(columns) == 1
        listed = "; ".join(
            ", ".join(
                str(cell) if one else f"{name}: {cell}" for name, cell in zip(columns, row, strict=False)
            )
            for row in shown
        )
        result.evidence[0].setdefault("summary", []).append(len(shown))
        return self.say(
            f"모두 {number(result.total)}행 중 {len(shown)}행: {listed}.",
            f"{len(shown)} of {number(result.total)} rows: {listed}.",
        )

    def _correlation(self, result: Result) -> str:
        figure = result.reading.figure
        x, y = (self.words.column(name or "").source_name for name in (figure.column, figure.other))
        if result.value is None:
            return self.say(
                f"{x}와(과) {y}의 상관계수를 낼 수 없습니다(값이 없거나 모두 같음).",
                f"{x} and {y} have no correlation: a value is missing or constant.",
            )
        return self.say(
            f"{x}와(과) {y}의 상관계수(피어슨)는 {result.value:.3f}입니다. 상관은 원인을 뜻하지 않습니다. 조건: {self._scope(result.reading.where)}.",
            f"The correlation (Pearson) of {x} and {y} is {result.value:.3f}. It says nothing of causes. {self._scope(result.reading.where)}.",
        )

    def _outliers(self, result: Result) -> str:
        name = self.words.column(result.reading.figure.column or "").source_name
        if result.fences is None:
            return self._nothing(result)
        low, high = (number(fence) for fence in result.fences)
        return self.say(
            f"{name}의 이상치는 {number(result.value)}개입니다: {low} 미만이거나 {high} 초과인 값(사분위 범위 기준).",
            f"{name} has {number(result.value)} outliers: values below {low} or above {high} (by the interquartile range).",
        )

    def _range(self, result: Result) -> str:
        if not result.matched:
            return self._nothing(result)
        name = self.words.column(result.reading.figure.column or "").source_name
        low, high = (
            str(side) if isinstance(side, str) else self.value(result, side) for side in result.sides
        )
        return self.say(
            f"{name}은(는) {low}부터 {high}까지입니다. 조건: {self._scope(result.reading.where)}.",
            f"{name} runs from {low} to {high}, {self._scope(result.reading.where)}.",
        )

    def _columns(self, result: Result) -> str:
        listed = ", ".join(str(row[0]) for row in result.rows[:40])
        return self.say(
            f"열은 {result.total}개입니다: {listed}.", f"There are {result.total} columns: {listed}."
        )

    def _missing(self, result: Result) -> str:
        if len(result.evidence[0]["columns"]) > 2:
            return self.say("빈 값이 있는 열이 없습니다.", "No column misses a value.")
        listed = ", ".join(f"{name} {number(count)}" for name, count in result.rows[:20])
        return self.say(f"빈 값이 있는 열: {listed}.", f"Columns that miss values: {listed}.")
