"""The quick way of accepting a body and marshmallow's own come to the same verdict."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from app.accidents.severity import values
from app.accidents.severity.schemas import EXAMPLE, AccidentSchema, BatchSchema

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


def refused(**wrong):
    """Return what is said of the one field that is wrong."""
    with pytest.raises(ValidationError) as error:
        SCHEMA.load({**EXAMPLE, **wrong})
    (row,) = error.value.messages.values()
    return row


@pytest.mark.parametrize("field", values.REQUIRED)
def test_null_is_not_said_to_be_missing(field):
    row = refused(**{field: None})
    assert row["reason"].startswith("It is null")
    assert row["value"] is None


def test_a_number_and_its_text_are_told_apart():
    assert refused(accident_hour=25)["reason"] == "It is 25; a whole number from 0 to 23 is right."
    assert (
        refused(accident_hour="25")["reason"] == 'It is the text "25"; a whole number from 0 to 23 is right.'
    )
    assert refused(accident_hour=True)["reason"] == "It is true; a whole number from 0 to 23 is right."
    assert refused(weather=1)["reason"] == "1 is not a text; one of the allowed words is right."
    assert refused(weather="1")["reason"] == '"1" is not known here; one of the allowed words is right.'
    assert len(refused(weather="x" * 5000)["reason"]) < 130


@pytest.mark.parametrize("name", ["이천동", "Icheon-dong"])
def test_a_name_that_two_districts_have_says_which(name):
    row = refused(district=name)
    both = ["대구광역시 남구 이천동", "대구광역시 수성구 이천동"]
    assert row["allowed"] == both
    assert all(each in row["reason"] for each in both)


def test_what_is_allowed_is_said_once_in_a_batch():
    items = [{**EXAMPLE, "district": "나라", "weather": "나라"}] * 100
    with pytest.raises(ValidationError) as error:
        BatchSchema().load({"items": items})
    messages = error.value.messages["items"]
    assert [name for name, row in messages[0].items() if "allowed" in row] == ["weather", "district"]
    assert not [row for number in range(1, 100) for row in messages[number].values() if "allowed" in row]
    assert all(row["value"] == "나라" for row in (messages[99]["weather"], messages[99]["district"]))
    assert len(json.dumps(messages)) < 40_000
