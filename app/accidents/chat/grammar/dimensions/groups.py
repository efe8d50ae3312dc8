"""The fields that a question groups by: by district, 구별, per month."""

from __future__ import annotations

from app.accidents.chat.grammar.dimensions.fields import LEAST, MOST, PARTS, Fields
from app.accidents.chat.grammar.items import Item
from app.accidents.datasets.query import Part


class Groups(Fields):
    """Takes the words that group."""

    def take_groups(self) -> None:
        """Take the fields that words like 'by' and 'each' mark."""
        for item in self.items.saying("each"):
            self._skip_rows(item)
        for item in self.items.saying("each", "by"):
            for dimension in self._marked(item):
                self._take(dimension)
                item.used = True
        if not self.items.say("mean"):
            self._take_per()
        for item in self.items.saying("periodic"):
            if self._field(item) is not None:
                self._take(item)

    def _skip_rows(self, item: Item) -> None:
        """Pass over 'per order', 주문당, 사고 1건당: a figure of rows, as any mean is."""
        before, after = self.items.before(item), self.items.after(item)
        if item.mark.text.isascii():
            item.used = after is not None and after.is_rows and not self._names_column(after)
        elif item.mark.text == "당" and before is not None and (before.is_rows or before.says("unit_rows")):
            item.used = before.used = True
            number = self.items.before(before)
            if number is not None and number.number_written == 1:
                number.used = True

    def _take_per(self) -> None:
        """Read 'accidents per year', where no mean is asked for, as a figure for each year."""
        for name, part in (("perday", Part.DATE), ("permonth", Part.MONTH), ("peryear", Part.YEAR)):
            for item in self.items.saying(name):
                field = self.part_field(part)
                if field is not None and item.mark.text.casefold().startswith("per "):
                    item.used = True
                    self.groups.append(field)

    def _marked(self, item: Item) -> list[Item]:
        """Return the words that a word for grouping marks: those behind it in English, before it in Korean."""
        if item.mark.text.isascii() or item.mark.text in {"각", "각각"}:
            return self._list(item)
        before = self.items.before(item)
        marked = [before] if before and not before.used and self._groupable(before) else []
        while marked:
            earlier = self.items.before(marked[0])
            if (
                earlier is None
                or earlier.used
                or not (earlier.particle[:1] in {"와", "과"} or earlier.says("and", "each"))
                or not self._groupable(earlier)
            ):
                break
            marked.insert(0, earlier)
        return marked

    def _list(self, item: Item) -> list[Item]:
        listed: list[Item] = []
        following = self.items.after(item)
        while following and not following.used:
            if self._groupable(following):
                listed.append(following)
            elif not following.says("and", "wh") and not (following.is_rows and not listed):
                break
            following = self.items.after(following)
        return listed

    def _groupable(self, item: Item) -> bool:
        """Tell whether a word names what can be grouped by: no measure, unless it has few values."""
        field = self._field(item)
        if field is None or (item.values and not item.columns):
            return False
        column = self.words.column(field.column)
        if item.is_rows and not self._names_column(item) and not item.words & set(PARTS):
            return False
        return (
            not column.is_measure
            or field.part is not Part.VALUE
            or (column.distinct <= 50 and not self._ranked_by(item))
        )

    def _ranked_by(self, item: Item) -> bool:
        """Tell whether 'by' names the measure of a ranking and no group: top 3 districts by 건수."""
        before = self.items.before(item)
        return bool(
            before
            and before.says("by")
            and (self.items.say(*MOST, *LEAST, "rank") or self.items.say("rate", "percent", "sum", "mean"))
        )

    def take_share_group(self) -> None:
        """Group a share without a numerator by the one column that the question names: 결제수단 비율은, 남녀 비율."""
        named = [item for item in self.items.free() if self._is_text(item)]
        if len(named) == 1 and not self.groups:
            self._take(named[0])

    def asked(self) -> Item | None:
        """Return the word for what is looked for among the groups, as in 'which stores have'."""
        texts = [item for item in self.items.free() if self._is_text(item) and self._is_looked_for(item)]
        return texts[0] if len(texts) == 1 else None

    def take_asked_group(self, item: Item) -> None:
        """Group by what is looked for."""
        self._take(item)

    def _is_looked_for(self, item: Item) -> bool:
        before, after = self.items.before(item), self.items.after(item)
        if item.mark.text.isascii() and before is not None:
            return before.says("wh", "count", "list")
        if item.mark.text.isascii():
            return after is not None and after.says("with", "gt", "ge", "lt", "le")
        return after is None or after.says(
            "count", "wh", "where", "unit_places", "unit_rows", "unit_kinds", "list"
        )
