"""The quick way of accepting a body and marshmallow's own come to the same verdict."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from app.accidents import values
from app.accidents.schemas import EXAMPLE, AccidentSchema

SCHEMA = AccidentSchema()

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2200),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.just([]),
)
WORDS = {
    name: st.sampled_from([*values.allowed(name), "rain", "Monday", "clear", " 맑음 "])
    if name in values.fields()
    else st.integers(values.BOUNDS[name][0] - 1, values.BOUNDS[name][1] + 1)
    for name in (*values.REQUIRED, *values.OPTIONAL)
}
BODIES = st.fixed_dictionaries(
    {}, optional={**{name: st.one_of(rule, rule, rule, ODD) for name, rule in WORDS.items()}, "explain": ODD}
)


def slowly(body):
    """Return what marshmallow alone makes of a body, None where it refuses."""
    try:
        return Schema.load(SCHEMA, body)
    except ValidationError:
        return None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(BODIES, st.booleans())
def test_both_ways_agree(body, whole):
    body = {**EXAMPLE, **body} if whole else body
    accepted = SCHEMA.accept(body)
    if accepted is not None:
        assert accepted == slowly(body)


@pytest.mark.parametrize(
    "more", [{}, {"explain": True}, {"weather": "rain"}, {"violation": values.allowed("violation")[0]}]
)
def test_plain_bodies_are_accepted_the_quick_way(more):
    body = {**EXAMPLE, **more}
    assert SCHEMA.accept(body) == slowly(body) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"accident_day": 30, "accident_month": 2},
        {"weather": "x"},
        {"extra": 1},
        {"accident_hour": True},
        {"explain": 1},
    ],
)
def test_the_quick_way_leaves_what_is_wrong_to_marshmallow(wrong):
    assert SCHEMA.accept({**EXAMPLE, **wrong}) is None
    with pytest.raises(ValidationError):
        SCHEMA.load({**EXAMPLE, **wrong})
