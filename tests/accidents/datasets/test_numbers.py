"""Numbers as cells have them."""

from __future__ import annotations

import pytest

from workers.accidents.datasets.numbers import dissect


@pytest.mark.parametrize(
    ("cell", "negative", "body", "unit"),
    [
        ("1,234", False, "1,234", None),
        ("(  12 )", True, "12", None),
        ("- 3.5 %", True, "3.5", "%"),
        ("$  - 7", True, "7", "USD"),
        ("△ 8", True, "8", None),
        ("12 원", False, "12", "KRW"),
        ("1 234", False, "1 234", None),
    ],
)
def test_a_number_is_told_from_its_sign_and_unit(cell, negative, body, unit):
    number = dissect(cell)
    assert (number.negative, number.body, number.unit) == (negative, body, unit)


@pytest.mark.parametrize("cell", ["", "x", "1 x", "(1", "+-1", f"({' ' * 5000}x", f"{'1 ' * 5000}x"])
def test_what_is_no_number_is_none_however_long(cell):
    assert dissect(cell) is None
