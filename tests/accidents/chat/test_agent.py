"""The agent against a stub of the Messages API: tools, numbers from evidence, hostile calls, errors."""

from __future__ import annotations

import json

import pytest

from app.http.errors import TaskError
from tests.accidents.chat import stub as stubs
from tests.accidents.chat.stub import status, text, tools
from workers.accidents.chat.agent import Model, converse
from workers.accidents.chat.backing import backed
from workers.accidents.chat.toolbox import MOST_CALLS, Toolbox
from workers.accidents.chat.tools import TOOLS

pytest.importorskip("langgraph")


@pytest.fixture(scope="module")
def stub():
    """A model on loopback; the libraries that ask it are loaded here, for seconds, and not in the first test."""
    import langchain_anthropic  # noqa: F401
    import langgraph.graph  # noqa: F401

    with stubs.running() as model:
        yield model


@pytest.fixture
def ask(stub, orders):
    """Ask the agent about the orders, with a script of what the model says."""

    def asked(question, *script, history=(), key=stubs.GOOD_KEY):
        stub.answers(*script)
        return converse(question, history, Toolbox(orders.table), Model("claude-stub", stub.url, key))

    return asked


def test_a_number_stands_as_a_reference_and_is_filled_from_evidence(ask):
    reply = ask(
        "Sum of Quantity?", tools(("column_stats", {"column": "Quantity"})), text("The sum is [[e1.0.4]].")
    )
    assert (reply.content, reply.withheld) == ("The sum is 19.", 0)
    assert reply.usage == {"input_tokens": 200, "output_tokens": 40}


@pytest.mark.parametrize(
    ("written", "content", "withheld"),
    [
        (
            "Boston has [[e1.0.count]] orders. Chicago has [[e1.1.1]].",
            "Boston has 3 orders. Chicago has 1.",
            0,
        ),
        ("보스턴은 [[e1.0.count]]건입니다.", "보스턴은 3건입니다.", 0),
        ("It is so. There are [[e1.0.n]] rows.", "It is so.", 1),
        ("It is so. There are [[e9.0.1]] rows.", "It is so.", 1),
        ("It is so. There are [[the number]] rows. And [[e1.0", "It is so.", 2),
    ],
)
def test_a_reference_is_filled_by_a_column_s_name_or_withheld_with_its_sentence(
    ask, written, content, withheld
):
    reply = ask("Orders by city?", tools(("value_counts", {"column": "City"})), text(written))
    assert reply.content.startswith(content)
    assert "[[" not in reply.content
    assert reply.withheld == withheld


def test_a_number_that_no_figure_backs_is_withheld_with_its_sentence_and_counted(ask):
    reply = ask(
        "Sum of Quantity?",
        tools(("column_stats", {"column": "Quantity"})),
        text("It is large. The sum is 4,870."),
    )
    assert "4,870" not in reply.content
    assert "4870" not in reply.content
    assert reply.withheld == 1
    assert "19" in reply.content  # the evidence itself is said instead


def test_a_talk_of_five_turns_uses_three_tools(ask, stub):
    script = [
        [tools(("value_counts", {"column": "City"})), text("Boston has [[e1.0.1]] orders.")],
        [
            tools(("group_by", {"column": "City", "function": "sum", "value": "Sales"})),
            text("[[e1.0.1]] in Boston or Chicago."),
        ],
        [tools(("percentile", {"column": "Sales", "fraction": 0.5})), text("The median is [[e1.0.0]].")],
        [text("It is about orders.")],
        [tools(("value_counts", {"column": "Product"})), text("Paper: [[e1.0.1]].")],
    ]
    history, answers = [], []
    for replies in script:
        reply = ask("And now?", *replies, history=history)
        history.append(("And now?", reply.content))
        answers.append(reply.content)
    assert answers == [
        "Boston has 3 orders.",
        "1,325.50 in Boston or Chicago.",
        "The median is 400.50.",
        "It is about orders.",
        "Paper: 2.",
    ]
    assert len(stub.requests[0]["messages"]) == 9  # four turns before it, and the question


HOSTILE = [
    ("column_stats", {"column": "password"}),
    ("column_stats", {"column": "Sales; DROP TABLE data"}),
    (
        "filter_rows",
        {"filters": [{"column": "City", "op": "is", "values": ["x"], "sql": "1=1"}], "dataset_id": "another"},
    ),
    ("filter_rows", {"filters": "City = 'x' OR 1=1"}),
    ("run_sql", {"sql": "SELECT * FROM users"}),
    ("percentile", {"column": "Sales", "fraction": 7}),
    ("chart", {"name": "../../etc/passwd"}),
    ("info", "everything"),
]


@pytest.mark.parametrize(("name", "arguments"), HOSTILE)
def test_a_hostile_call_is_refused_and_said(orders, name, arguments):
    box = Toolbox(orders.table)
    assert "error" in box.call(name, arguments)
    assert (len(box.refused), box.evidence) == (1, [])


def test_a_hundred_calls_stop_at_the_limit(ask):
    calls = tools(*[("sample", {})] * 100)
    reply = ask("Show all", calls, text("Here."))
    assert len(reply.evidence) == MOST_CALLS
    assert len(reply.refused) == 100 - MOST_CALLS


def test_cells_reach_the_model_as_data_that_closes_no_tag(stub, orders, ask):
    ask("Sample?", tools(("sample", {})), text("Done."))
    result = stub.requests[-1]["messages"][-1]["content"][0]["content"]
    shown = result if isinstance(result, str) else json.dumps(result)
    assert shown.count("</data>") == 1


def test_every_tool_has_a_schema_with_the_columns_of_the_table(orders):
    specifications = Toolbox(orders.table).specifications()
    assert [each["name"] for each in specifications] == list(TOOLS)
    assert len(TOOLS) == 24
    stats = next(each for each in specifications if each["name"] == "column_stats")
    assert "City" in stats["input_schema"]["properties"]["column"]["enum"]


@pytest.mark.parametrize(("name", "arguments"), [
    ("info", {}), ("types", {}), ("missing", {}), ("categorical_summary", {}), ("unique", {"column": "City"}),
    ("sort_rows", {"sort_by": "Sales", "descending": True}), ("correlation", {"x": "Sales", "y": "Quantity"}),
    ("correlation_with_target", {"target": "Sales"}), ("outliers", {"column": "Sales"}), ("crosstab", {"column": "City", "other": "Category"}),
    ("date_range", {"column": "Order Date"}), ("temporal_pattern", {"column": "Order Date", "part": "year"}),
    ("missing_pattern", {"column": "Sales", "by": "City"}), ("chart", {"name": "bar"}), ("map", {"name": "heat"}),
    ("filter_rows", {"filters": [{"column": "City", "op": "is", "values": ["Boston"]}]}),
])  # fmt: skip
def test_a_tool_answers_with_evidence(orders, name, arguments):
    box = Toolbox(orders.table)
    document = box.call(name, arguments)
    assert document.get("evidence") == "e1", document


def test_a_refused_key_fails_with_a_reason_that_does_not_say_it(ask):
    with pytest.raises(TaskError, match="refused the key") as caught:
        ask("Sum?", key="bad-key-123")
    assert "bad-key-123" not in str(caught.value)


def test_an_overloaded_service_fails_the_message_with_the_reason_since_its_key_is_gone(ask):
    with pytest.raises(TaskError, match="RateLimitError") as failed:
        ask("Sum?", *[status(429, "rate_limit_error")] * 5)
    assert failed.value.code == "model_away"


def test_a_service_that_is_busy_for_a_moment_is_asked_again(ask):
    assert ask("What is it?", status(429, "rate_limit_error"), text("A table.")).content == "A table."


def test_a_reply_that_was_cut_off_is_answered_with_what_it_says(ask):
    assert ask("What is it?", text("It is about", stop="max_tokens")).content == "It is about"


def test_rounded_numbers_percent_and_the_question_s_own_are_backed():
    evidence = [{"columns": ["share"], "rows": [[0.0812663]], "total_rows": 1}]
    assert backed("In 2015 it was 8.1 %.", evidence, "What was it in 2015?").withheld == 0
    assert backed("It was 8.2 %.", evidence, "What was it?").withheld == 1
    assert backed("It was [[e2.0.0]].", evidence, "What was it?").withheld == 1
