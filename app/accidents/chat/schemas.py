"""What the routes of the chat read and answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.accidents.chat.answers.talk import MOST_CHARACTERS


class ChatQuestionSchema(Schema):
    """A message to the chat."""

    message = fields.String(
        required=True,
        validate=[
            validate.Length(1, MOST_CHARACTERS),
            validate.Regexp(r"(?s).*\S", error="It has no word in it; a question is right."),
        ],
        metadata={"description": "a question about a data set, in Korean or English"},
    )
    dataset_id = fields.UUID(
        allow_none=True, metadata={"description": "else the conversation's, else the sample that ships"}
    )
    conversation_id = fields.UUID(allow_none=True, metadata={"description": "the talk that it goes on with"})


class ChatUsageSchema(Schema):
    """Tokens that a language model took; zero where none was asked."""

    input_tokens = fields.Integer()
    output_tokens = fields.Integer()


class ChatAnswerSchema(Schema):
    """An answer with what it rests on."""

    conversation_id = fields.UUID(required=True)
    message_id = fields.UUID(required=True)
    status = fields.String(required=True)
    content = fields.String(required=True)
    cache_hit = fields.Boolean(required=True)
    usage = fields.Nested(ChatUsageSchema, required=True)
    timestamp = fields.String(required=True)
    evidence = fields.List(fields.Dict(), required=True)
    dataset_id = fields.UUID(required=True)
    dataset_version = fields.Integer(required=True)
    model = fields.String(
        required=True, metadata={"description": "what answered: `grammar`, or a language model"}
    )
    refused = fields.String(allow_none=True, metadata={"description": "why it is not answered"})
    unbacked = fields.Integer(
        metadata={"description": "sentences withheld, for no figure backs a number in them"}
    )


class ChatWaitingSchema(Schema):
    """A message that is being answered."""

    conversation_id = fields.UUID(required=True)
    message_id = fields.UUID(required=True)
    status = fields.String(required=True)
    results_url = fields.String(required=True)


class ConversationsQuerySchema(Schema):
    """Which conversations of a list."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))


class ConversationSchema(Schema):
    """A conversation as lists show it."""

    id = fields.UUID(required=True)
    dataset_id = fields.UUID(required=True)
    title = fields.String(required=True)
    messages = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class ConversationListSchema(Schema):
    """A page of conversations."""

    conversations = fields.List(fields.Nested(ConversationSchema), required=True)
    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


class ExchangeSchema(ChatAnswerSchema):
    """A question with its answer."""

    question = fields.String(required=True)
    content = fields.String(required=True, allow_none=True)
    error = fields.Dict(allow_none=True)


class HistorySchema(ConversationSchema):
    """A conversation with its messages."""

    history = fields.List(fields.Nested(ExchangeSchema), required=True)
