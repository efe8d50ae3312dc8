"""Conditions of columns that are used as adjectives: fatal accidents, orders with a discount."""

from __future__ import annotations

from app.accidents.chat.grammar import values
from app.accidents.chat.grammar.columns import is_counted
from app.accidents.chat.grammar.conditions.neighbours import Neighbours, label_condition, may_be_none
from app.accidents.chat.grammar.conditions.of_numbers import OPS_EN, OPS_KO
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import Field, Filter, Op


class EventConditions(Neighbours):
    """Makes conditions of what happened at all, and marks their words as used."""

    def of_events(self) -> list[Condition]:
        """Return a condition for each column that is used as an adjective: 사망사고, fatal accidents, 회원 주문."""
        conditions = []
        for item in self.items:
            if item.used or not item.columns or item.values:
                continue
            column = self.words.column(item.columns[0].field.column)
            flag = values.flags(column)
            if flag and self._is_adjective(item, of_flag=True):
                conditions.append(self._flag(item, column, flag))
            elif self._has_happened(item, column):
                conditions.append(self._happened(item, column))
        return conditions

    def _has_happened(self, item: Item, column: Column) -> bool:
        """Tell whether a word for a column of numbers says that rows have some of it."""
        if is_counted(column) and self._is_adjective(item, of_flag=False):
            return True
        return may_be_none(column) and self._is_had(item)

    def _is_adjective(self, item: Item, *, of_flag: bool) -> bool:
        """Tell whether a word says of rows what they are, by what stands beside it."""
        after, before = self.items.after(item), self.items.before(item)
        rate = after is not None and after.says("rate") and (after.mark.joined or after.mark.text.isascii())
        if rate or any(sense.adjective for sense in item.columns):
            return True
        if self._beside_rows(item, after):
            return not (before and before.says("mean", "sum", "median")) and not (
                after and after.mark.text == "건수"
            )
        with_word = (before and before.says("with", "without")) or (after and after.says("with", "without"))
        if with_word and not any(other.number_written is not None for other in (after, before) if other):
            return True
        if of_flag:
            return not (after and (after.says("each", "distinct", "kinds", "missing"))) and not (
                before and before.says("each", "by", "per") and before.mark.text.isascii()
            )
        return False

    def _beside_rows(self, item: Item, after: Item | None) -> bool:
        """Tell whether the noun for rows follows directly: 사망사고, deadly accidents."""
        if after is None or not after.is_rows or item.comma:
            return False
        if item.mark.text.isascii() and self._text(item, after).strip(" -"):
            return False  # died in accidents
        return item.particle == "" or item.particle[:1] in {"인", "의"} or item.particle in {"이었던", "였던"}

    def _is_had(self, item: Item) -> bool:
        """Tell whether rows are said to have some of a column: 할인받은 주문, orders with a discount."""
        after, before = self.items.after(item), self.items.before(item)
        if before and before.says("mean", "sum", "median", "max", "min"):
            return False
        if any(each is not None and each.says("never") for each in (before, after)):
            return True
        if item.particle in {"받은", "된", "한", "되는", "있는"} and after is not None and after.is_rows:
            return True
        return bool(before and before.says("with", "without") and before.mark.text.isascii()) or bool(
            after and after.says("with", "without") and not after.mark.text.isascii()
        )

    def _flag(self, item: Item, column: Column, flag: tuple[str, str]) -> Condition:
        negated = self._negated(item) or self._without(item)
        item.used = True
        return label_condition(column, flag[1] if negated else flag[0], item)

    def _without(self, item: Item) -> bool:
        if self._never(item):
            return True
        for word in (self.items.after(item), self.items.before(item)):
            if word and word.says("with", "without") and not word.used:
                word.used = True
                return word.says("without")
        return False

    def _never(self, item: Item) -> bool:
        """Tell whether rows never had any of a column: 결석을 한 번도 안 한."""
        for word in (self.items.after(item), self.items.before(item)):
            if word is not None and word.says("never") and not word.used:
                word.used = True
                behind = self.items.after(word)
                for each in (behind, self.items.after(behind)):
                    if each is not None and each.says("not", "without") and not each.used:
                        each.used = True
                return True
        return False

    def _happened(self, item: Item, column: Column) -> Condition:
        negated = self._without(item) or self._negated(item)
        item.used = True
        if negated:
            filters = (Filter(Field(column.name), Op.IS, (0,)),)
            return Condition(
                Kind.EVENT,
                f"value:{column.name}",
                filters,
                f"{column.source_name} 0",
                f"{column.source_name} 0",
                at=item.mark.start,
            )
        op, least = (Op.AT_LEAST, 1) if column.type is Type.INTEGER else (Op.ABOVE, 0)
        filters = (Filter(Field(column.name), op, (least,)),)
        ko = f"{column.source_name} {OPS_KO[op].format(least)}"
        en = f"{column.source_name} {OPS_EN[op].format(least)}"
        return Condition(
            Kind.EVENT, f"value:{column.name}", filters, ko, en, at=item.mark.start, field=Field(column.name)
        )
