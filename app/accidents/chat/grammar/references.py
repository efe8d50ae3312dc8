"""Conditions that compare a column with a figure of all rows, or with another column."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.reading import Condition, Kind, Reference
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Function, Op

OPS = {"ge": Op.AT_LEAST, "gt": Op.ABOVE, "le": Op.AT_MOST, "lt": Op.BELOW}
_SIGNS = {Op.AT_LEAST: "≥", Op.ABOVE: ">", Op.AT_MOST: "≤", Op.BELOW: "<"}
_NAMES = {Function.MEAN: ("평균", "mean"), Function.MEDIAN: ("중앙값", "median")}
_FACTORS = {"twice": 2.0, "twice the": 2.0, "double the": 2.0, "triple the": 3.0, "두 배": 2.0, "세 배": 3.0}
_FAR = 4  # words between a mean and what compares with it


class References:
    """Finds comparisons with the mean or the median, and of one column with another."""

    def __init__(self, items: Items, words: Vocabulary) -> None:
        self.items = items
        self.words = words

    def conditions(self) -> list[Condition]:
        """Return the conditions, and mark their words as used."""
        conditions = []
        for item in self.items.saying("mean", "median"):
            reference = self.reference(item)
            if reference is not None:
                conditions.append(condition_of(reference, self.words, item.mark.start))
        return [*conditions, *self._columns()]

    def reference(self, item: Item) -> Reference | None:
        """Return what a word for a mean is compared with, if it is; its words are used up."""
        comparison = self._behind(item) if item.mark.text.isascii() else self._ahead(item)
        if comparison is None:
            return None
        op, used, factor = comparison
        measure = self._measure(item, used)
        if measure is None:
            return None
        column, named = measure
        for each in (item, named, *used):
            each.used = True
        function = Function.MEDIAN if item.says("median") else Function.MEAN
        return Reference(function, column.name, op, factor)

    def _behind(self, item: Item) -> tuple[Op, list[Item], float] | None:
        """Look back from an English mean for what compares: more than twice the average."""
        used: list[Item] = []
        step = self.items.before(item)
        for _ in range(_FAR):
            if step is None or step.used:
                return None
            op = next((OPS[name] for name in OPS if step.says(name)), None)
            if op is not None:
                return op, [*used, step], _factor(used)
            if step.says("than"):
                comparative = self.items.before(step)
                if comparative and comparative.says("high", "low"):
                    return _way(comparative), [*used, step, comparative], _factor(used)
            if not (step.says("times", "overall", "than") or step.number_written is not None):
                return None
            used.append(step)
            step = self.items.before(step)
        return None

    def _ahead(self, item: Item) -> tuple[Op, list[Item], float] | None:
        """Look ahead from a Korean mean for what compares: 평균보다 큰, 평균의 두 배가 넘는."""
        used: list[Item] = []
        than = item.particle.startswith("보다")
        step = self.items.after(item)
        for _ in range(_FAR):
            if step is None or step.used:
                return None
            op = next((OPS[name] for name in OPS if step.says(name)), None)
            if op is not None:
                return op, [*used, step], _factor(used)
            if step.says("high", "low") and (than or any(u.particle.startswith("보다") for u in used)):
                return _way(step), [*used, step], _factor(used)
            if step.says("than"):
                than = True
            elif not (
                step.says("times", "difference") or step.number_written is not None or self._numeric(step)
            ):
                return None
            used.append(step)
            step = self.items.after(step)
        return None

    def _measure(self, item: Item, used: list[Item]) -> tuple[Column, Item] | None:
        """Return the column that is compared: the one within, behind or before the comparison."""
        after = self.items.after(item)
        first = min([item, *used], key=lambda each: each.number)
        before = self.items.before(first)
        while before is not None and (before.says("with") or before.used) and not before.columns:
            before = self.items.before(before)
        candidates = [*used, after, before] if not item.mark.text.isascii() else [after, before]
        for each in candidates:
            columns = self._numeric(each) if each is not None and not each.used else []
            if len(columns) == 1 and each is not None:
                return columns[0], each
        return self._implied(used)

    def _implied(self, used: list[Item]) -> tuple[Column, Item] | None:
        """Return the column of ages for older and younger."""
        for each in used:
            if any(stem in each.mark.text.casefold() for stem in ("older", "younger", "나이")):
                named = [column for column in self.words.numbers if self.words.is_called(column, "age")]
                return (named[0], each) if len(named) == 1 else None
        return None

    def _numeric(self, item: Item) -> list[Column]:
        if item.values and not item.columns:
            return []
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        return list({column.name: column for column in columns if column.is_measure}.values())

    # -- two columns -------------------------------------------------------------------------------------------

    def _columns(self) -> list[Condition]:
        """Return the conditions that compare two columns: 수학이 영어보다 높은, math above english."""
        pairs = []
        for item in self.items.free():
            pair = self._pair(item)
            if pair is not None:
                pairs.append(pair)
        return pairs

    def _pair(self, item: Item) -> Condition | None:
        left = self._numeric(item)
        if len(left) != 1 or item.used:
            return None
        steps = []
        step = self.items.after(item)
        while (
            step is not None
            and not step.used
            and (step.words & {"gt", "ge", "lt", "le", "high", "low", "than"})
        ):
            steps.append(step)
            step = self.items.after(step)
        right = self._numeric(step) if step is not None and not step.used else []
        if len(right) != 1 or right == left or step is None:
            return None
        if not item.mark.text.isascii():
            return self._korean(item, left[0], step, right[0]) if not steps else None
        ops = [_op_of(each) for each in steps]
        op = next((each for each in ops if each is not None), None)
        if op is None or not steps[-1].says("than", "gt", "ge", "lt", "le"):
            return None
        return self._compared(left[0], op, right[0], [item, step, *steps])

    def _korean(self, item: Item, left: Column, other: Item, right: Column) -> Condition | None:
        compares = self.items.after(other)
        used = [item, other]
        if compares is not None and compares.says("difference"):
            used.append(compares)
            compares = self.items.after(compares)
        if compares is None or not (other.particle.startswith("보다") or compares.says("gt", "lt")):
            return None
        op = _op_of(compares)
        rows = self.items.after(compares)
        if op is None or rows is None or not rows.is_rows:
            return None
        return self._compared(left, op, right, [*used, compares])

    def _compared(self, left: Column, op: Op, right: Column, used: list[Item]) -> Condition:
        for each in used:
            each.used = True
        phrase = f"{left.source_name} {_SIGNS[op]} {right.source_name}"
        filters = (Filter(Field(left.name), op, against=Field(right.name)),)
        return Condition(
            Kind.NUMBER,
            f"value:{left.name}",
            filters,
            phrase,
            phrase,
            at=used[0].mark.start,
            field=Field(left.name),
        )


def condition_of(reference: Reference, words: Vocabulary, at: int) -> Condition:
    """Return a condition whose filter waits for its figure."""
    name = words.column(reference.column).source_name
    times = "" if reference.factor == 1 else f"{reference.factor:g} × "
    ko, en = _NAMES[reference.function]
    sign = _SIGNS[reference.op]
    return Condition(
        Kind.NUMBER,
        f"value:{reference.column}",
        (),
        f"{name} {sign} {times}{ko}",
        f"{name} {sign} {times}{en}",
        at=at,
        field=Field(reference.column),
        reference=reference,
    )


def _op_of(item: Item) -> Op | None:
    op = next((OPS[name] for name in OPS if item.says(name)), None)
    return op or (_way(item) if item.says("high", "low") else None)


def _way(item: Item) -> Op:
    return Op.BELOW if item.says("low") else Op.ABOVE


def _factor(used: list[Item]) -> float:
    """Return how many times the figure is meant."""
    numbers = [item.number_written for item in used if item.number_written is not None]
    named = [_FACTORS[item.mark.text.casefold()] for item in used if item.mark.text.casefold() in _FACTORS]
    times = any(item.says("times") for item in used)
    if named:
        return named[0]
    return numbers[0] if numbers and times and numbers[0] else 1.0
