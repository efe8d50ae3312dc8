"""Questions of another kind than a figure: correlation, outliers, a range, columns, rows."""

from __future__ import annotations

from app.accidents.chat.grammar.figures.distinct import DistinctQuestions
from app.accidents.chat.grammar.figures.measures import Conditions
from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.reading import Ask, Figure, Reading
from app.accidents.chat.grammar.senses import Rank
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Function


class SpecialQuestions(DistinctQuestions):
    """Reads questions that no figure answers."""

    def _special(self, where: Conditions) -> Reading | Open | None:
        """Return the reading of a question for a correlation, distinct values, a range, columns or rows."""
        for take in (
            self._correlation,
            self._distinct,
            self._outliers,
            self._period,
            self._schema,
            self._rows,
        ):
            reading = take(where)
            if reading is not None:
                self.complete = True
                return reading
        return None

    def _correlation(self, where: Conditions) -> Reading | Open | None:
        if not self.items.use("corr"):
            return None
        columns: list[Column] = []
        for item in self._measures():
            item.used = True
            columns += [c for c in self._numeric(item)[:1] if c not in columns]
        self.items.use(
            "howmuch", "between", "and", "wh", "versus", "high", "change", "number", "count", "people"
        )
        if len(columns) != 2:
            return Open(Why.NO_MEASURE, options=tuple(c.source_name for c in self.words.numbers[:3]))
        return Reading(
            Ask.CORRELATION,
            Figure(Function.CORRELATION, columns[0].name, columns[1].name, stated=True),
            where,
        )

    def _outliers(self, where: Conditions) -> Reading | Open | None:
        if not self.items.use("outliers"):
            return None
        column = self._column(Function.MAX)
        self.items.use("count", "wh", "kinds", "total", "list", "howmuch")
        if column is None:
            return Open(Why.NO_MEASURE, options=tuple(c.source_name for c in self.words.numbers[:3]))
        return Reading(Ask.OUTLIERS, Figure(Function.COUNT, column.name, stated=True), where)

    def _period(self, where: Conditions) -> Reading | None:
        """Read questions for the first and last of dates or numbers: the period, the range of ECLO."""
        if self.items.say("period") and self.words.dates:
            self.items.use("period", "wh", "when", "range")
            for item in self.items.free():
                item.used |= item.is_rows
            return Reading(Ask.RANGE, Figure(Function.MIN, self.words.dates[0].name, stated=True), where)
        both = self.items.say("max") and self.items.say("min")
        edge = (
            self.items.say("d_first", "d_last")
            and self.words.dates
            and not self._measures()
            and (self.items.say("when", "d_day", "what_day") or self._date_named())
        )
        if not self.items.say("range") and not both and not edge:
            return None
        named = self._date_named()
        column = named if edge or (named and not self._measures()) else self._column(Function.MAX)
        column = column or (self.words.dates[0] if self.words.dates else None)
        if column is None:
            return None
        for item in self.items.free():
            item.used |= any(s.field.column == column.name for s in item.columns)
        self.items.use(
            "range",
            "max",
            "min",
            "d_first",
            "d_last",
            "recent",
            "when",
            "what_day",
            "d_day",
            "wh",
            "most",
            "least",
        )
        return Reading(Ask.RANGE, Figure(Function.MIN, column.name, stated=True), where)

    def _date_named(self) -> Column | None:
        for item in self.items.free():
            for sense in item.columns:
                column = self.words.column(sense.field.column)
                if column.type.is_temporal and sense.rank <= Rank.ALIAS:
                    return column
        return None

    def _schema(self, where: Conditions) -> Reading | None:
        if self.items.say("columns") and not any(
            item.columns and not item.is_rows for item in self.items.free()
        ):
            self.items.use(
                "columns",
                "count",
                "list",
                "wh",
                "kinds",
                "column_word",
                "total",
                "overall",
                "missing",
                "with",
            )
            return Reading(Ask.COLUMNS, where=where)
        if self.items.say("missing") and not any(item.columns for item in self.items.free()):
            self.items.use(
                "missing",
                "count",
                "wh",
                "columns",
                "column_word",
                "each",
                "total",
                "with",
                "overall",
                "kinds",
                "most",
                "high",
                "howmuch",
            )
            return Reading(Ask.MISSING, where=where)
        return None

    def _rows(self, where: Conditions) -> Reading | None:
        """Read questions that want rows themselves: a sample, a list of names."""
        words = self.items.saying("sample", "list")
        if not words or self.items.say("mean", "sum", "each", "most", "least", "percent"):
            return None
        named = [item for item in self.items.free() if item.columns and not item.values and not item.is_rows]
        if words[0].says("list") and not named and not any(item.is_rows for item in self.items):
            return None
        for item in named:
            item.used = True
        self.items.use("sample", "list", "total", "overall", "wh", "kinds", "column_word", "count", "of")
        limit = next((item for item in self.items.free() if item.number_written is not None), None)
        if limit:
            limit.used = True
        columns = tuple(dict.fromkeys(item.columns[0].field.column for item in named))
        return Reading(
            Ask.ROWS,
            where=where,
            columns=columns,
            limit=int(limit.number_written or 5) if limit else (200 if words[0].says("list") else 5),
        )
