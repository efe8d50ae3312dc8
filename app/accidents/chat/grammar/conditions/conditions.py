"""What a question says of the rows that it is about: values, numbers, what is missing, what happened at all."""

from __future__ import annotations

from app.accidents.chat.grammar.conditions.of_events import EventConditions
from app.accidents.chat.grammar.conditions.of_missing import MissingConditions
from app.accidents.chat.grammar.conditions.of_numbers import NumberConditions
from app.accidents.chat.grammar.conditions.of_values import ValueConditions


class Conditions(ValueConditions, NumberConditions, MissingConditions, EventConditions):
    """Makes conditions of values, numbers and missing values, and marks their words as used."""
