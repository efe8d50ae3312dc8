"""Questions for the rows that stand first: the 5 most expensive orders, the latest one."""

from __future__ import annotations

from app.accidents.chat.grammar.dimensions.dimensions import Dimensions
from app.accidents.chat.grammar.figures.measures import Conditions, Measures, RankedRows
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.reading import Ask, Direction, Figure, Reading
from app.accidents.chat.grammar.senses import Rank

_WHICH = ("wh", "which_person", "which_more")


class RankedRowQuestions(Measures):
    """Takes what asks for rows in the order of a column."""

    def take_ranked_rows(self, dimensions: Dimensions) -> None:
        """Take what asks for the rows with the most of a column: 매출이 가장 큰 주문 3건, the 5 most expensive orders."""
        for item in self.items.saying(
            "most", "least", "extreme_high", "high", "low", "first", "last", "d_last", "d_first"
        ):
            if item.says("d_last", "d_first") and (
                self._take_latest(item, dimensions) or self._take_latest_done(item)
            ):
                return
            noun = self._noun_behind(item) or self._noun_before(item)
            if noun is None or not self._is_size(item, dimensions):
                continue
            self._use_by()
            if self.items.say("howmuch", "each", "by", "count", "percent", "mean", "sum"):
                continue
            self.adjective, self.of_rows = item, True
            column = self._column(None)
            self.adjective, self.of_rows = None, False
            if column is None:
                continue
            low = item.says("least", "low", "last") or any(
                i.says("low") for i in self.items.all[item.number : noun.number]
            )
            for each in self.items.all[item.number : noun.number + 1]:
                each.used = True
            self.items.use(
                "most", "least", "extreme_high", "high", "low", "first", "last", "wh", "which_person", "list"
            )
            self.ranked_rows = RankedRows(column.name, low)
            self._take_limit_of_rows(noun, dimensions)
            return

    def _take_latest(self, item: Item, dimensions: Dimensions) -> bool:
        """Read 가장 최근에 입사한 직원 and the latest order as the row with the last date."""
        after = self.items.after(item)
        while after is not None and self._is_date(after) and not after.is_rows:
            after = self.items.after(after)
        plain = after is not None and after.is_rows and not after.used
        if after is None or not plain or len(self.words.dates) != 1:
            return False
        for each in self.items.all[item.number : after.number + 1]:
            each.used = True
        self.ranked_rows = RankedRows(self.words.dates[0].name, low=item.says("d_first"))
        self._take_limit_of_rows(after, dimensions)
        return True

    def _take_latest_done(self, item: Item) -> bool:
        """Read 'who was hired most recently' and 'which employee was hired first' as the row with that date."""
        asked = [each for each in self.items.saying(*_WHICH) if each.number < item.number]
        if self.items.after(item) is not None or not asked or len(self.words.dates) != 1:
            return False
        between = self.items.all[asked[0].number : item.number]
        if not all(each in asked or each.is_rows or self._is_date(each) for each in between):
            return False
        for each in (*between, item):
            each.used = True
        self.ranked_rows = RankedRows(self.words.dates[0].name, low=item.says("d_first"))
        return True

    def _is_date(self, item: Item) -> bool:
        return bool(item.columns) and all(
            self.words.column(s.field.column).type.is_temporal for s in item.columns
        )

    def _noun_before(self, item: Item) -> Item | None:
        """Return the noun for rows in 'the 2 orders with the highest amount'."""
        with_word = self.items.before(item)
        noun = self.items.before(with_word) if with_word is not None and with_word.says("with") else None
        if noun is None or not item.mark.text.isascii() or not noun.is_rows or noun.used:
            return None
        leading = self.items.before(noun)
        asked = leading is None or leading.says("wh", "list") or leading.number_written is not None
        return noun if asked and not any(sense.rank <= Rank.ALIAS for sense in noun.columns) else None

    def _use_by(self) -> None:
        """Make use of 'by' before the column that rows are ranked by."""
        for item in self.items.saying("by"):
            after = self.items.after(item)
            if after is not None and self._numeric(after):
                item.used = True

    def _noun_behind(self, item: Item) -> Item | None:
        """Return the noun for rows that a superlative is about."""
        after = self.items.after(item)
        while after is not None and (after.says("high", "low", "nth") or after.number_written is not None):
            after = self.items.after(after)
        numbered = self.items.before(after) if after is not None else None
        people = after is not None and after.says("unit_people", "unit_rows") and item.says("first", "last")
        if after is None or after.values or (after.used and not people):
            return None
        if people and numbered is not None and numbered.number_written is not None:
            named = self.items.after(after)
            groups = named is not None and bool(named.columns) and not named.is_rows and not after.particle
            return None if groups or after.mark.text == "개" else after
        plain = after.is_rows and not any(sense.rank <= Rank.ALIAS for sense in after.columns)
        return after if plain else None

    def _is_size(self, item: Item, dimensions: Dimensions) -> bool:
        """Tell whether a superlative is of size, and not of how many rows there are."""
        if item.says("first", "last"):
            return True
        after = self.items.after(item)
        words = [item.mark.text, after.mark.text if after is not None and after.says("high", "low") else ""]
        text = " ".join(words).casefold()
        if any(stem in text for stem in ("많", "적", "fewest")) or text.strip() in {
            "most",
            "the most",
            "least",
            "the least",
        }:
            return False
        nth = dimensions.nth is not None
        return item.says("most", "least", "extreme_high") or (nth and item.says("high", "low"))

    def _take_limit_of_rows(self, noun: Item, dimensions: Dimensions) -> None:
        """Take the number of rows, which stands before the superlative or behind the noun."""
        if dimensions.limit or dimensions.nth:
            return
        for number in self.items.free():
            if number.number_written is None or not float(number.number_written).is_integer():
                continue
            unit = self.items.after(number)
            if abs(number.number - noun.number) <= 3:
                number.used = True
                dimensions.limit = int(number.number_written)
                if unit is not None and unit.says("unit_rows", "unit_people"):
                    unit.used = True
                return

    def _rows_ranked(self, dimensions: Dimensions, where: Conditions) -> Reading | None:
        """Return the reading that lists the rows with the most of a column."""
        if self.ranked_rows is None:
            return None
        named = [i for i in self.items.free() if i.columns and not i.values and not i.is_rows]
        for item in named:
            item.used = True
        self.items.use(
            "where", "when", "what_day", "wh", "which_person", "total", "overall", "column_word", "kinds"
        )
        columns = tuple(dict.fromkeys(item.columns[0].field.column for item in named))
        direction = Direction.LEAST if self.ranked_rows.low else Direction.MOST
        return Reading(
            Ask.ROWS,
            Figure(stated=True),
            where,
            columns=columns,
            limit=dimensions.limit,
            nth=dimensions.nth,
            direction=direction,
            order_by=self.ranked_rows.column,
        )
