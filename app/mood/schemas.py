"""What the mood routes read and answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.http.fields import shown

MOST_RECORDS = 400  # daily records of one question: a year and a month
FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2100, 1, 1)
LONGEST_SLEEP = timedelta(hours=24)
SUBJECT = r"[^\x00-\x1f\x7f]{1,100}\Z"
ZONE = r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}\Z"
IN_TIME = validate.Range(FIRST_DATE, LAST_DATE)
EXAMPLE = {
    "records": [
        {
            "date": "2026-05-14",
            "sleep": [{"start": "2026-05-13T23:10:00+02:00", "end": "2026-05-14T06:40:00+02:00"}],
            "steps": 7312,
        }
    ]
}


class ZoneName(validate.Regexp):
    """The name of a time zone that there is."""

    def __call__(self, value: Any) -> Any:
        """Return a zone's name, or refuse it."""
        super().__call__(value)
        try:
            ZoneInfo(str(value))
        except (ValueError, OSError, KeyError) as error:
            raise ValidationError(self.error) from error
        return value


class MoodOptionsSchema(Schema):
    """How a person's files are read, and whose they are."""

    subject = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(SUBJECT, error="It is not a name of 1 to 100 characters without controls."),
        metadata={"description": "whose history this belongs to; the key's own where left out"},
    )
    date_from = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "first date to show"}
    )
    date_to = fields.Date(load_default=None, allow_none=True, metadata={"description": "last date to show"})
    timezone = fields.String(
        load_default=None,
        allow_none=True,
        validate=ZoneName(ZONE, error="It is not the name of a time zone, such as Europe/Berlin."),
        metadata={"description": "one time zone for all records, such as `Asia/Seoul`; else each one's own"},
    )
    sources = fields.List(
        fields.String(validate=validate.Length(1, 200)),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "sources whose sleep and sums count first, in order, such as `Oura`"},
    )
    history = fields.String(
        load_default="past",
        validate=validate.OneOf(["past", "whole"]),
        metadata={"description": "`past`: each day against the days before it; `whole`: against all days"},
    )

    alerts_a_month = fields.Float(
        load_default=1.0,
        validate=validate.Range(0, 30),
        metadata={"description": "on how many days a month risks may call for attention"},
    )

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a last date before the first."""
        first, last = data.get("date_from"), data.get("date_to")
        if first and last and last < first:
            reason = f"It lies before date_from, {first}."
            raise ValidationError({"date_to": {"reason": reason, "value": shown(str(last))}})


class MoodSleepSchema(Schema):
    """One stretch of sleep."""

    start = fields.AwareDateTime(required=True, metadata={"description": "with its offset from UTC"})
    end = fields.AwareDateTime(required=True)

    @validates_schema
    def check_length(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse sleep that ends before it starts, or lasts over a day."""
        length = data["end"] - data["start"]
        if not timedelta(0) < length <= LONGEST_SLEEP:
            reason = "It must be after start, and at most 24 h later."
            raise ValidationError({"end": {"reason": reason, "value": data["end"].isoformat()}})


def _measure(most: float, about: str) -> fields.Float:
    return fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, most),
        metadata={"description": about},
    )


class MoodRecordSchema(Schema):
    """What is known of one date."""

    date = fields.Date(required=True, validate=IN_TIME)
    sleep = fields.List(
        fields.Nested(MoodSleepSchema),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "stretches of sleep that belong to this date's night, and naps"},
    )
    steps = _measure(200_000, "steps of the date")
    active_kcal = _measure(20_000, "active energy, kcal")
    distance_km = _measure(500, "distance walked and run, km")
    exercise_minutes = _measure(1440, "minutes of exercise")
    heart_rate_mean = _measure(300, "mean heart rate, beats per minute")
    resting_heart_rate = _measure(300, "resting heart rate, beats per minute")
    hrv_sdnn_ms = _measure(1000, "heart rate variability, SDNN, ms")
    low = _measure(100, "how low the person felt, on a scale of theirs")
    high = _measure(100, "how high the person felt, on a scale of theirs")
    daily_valence = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(-1, 1),
        metadata={"description": "mood of the day, -1..1"},
    )


class MoodRecordsSchema(Schema):
    """A person's days, without a file."""

    records = fields.List(
        fields.Nested(MoodRecordSchema), required=True, validate=validate.Length(1, MOST_RECORDS)
    )

    @validates_schema
    def check_dates(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two records of one date, and dates that lie further apart than records may."""
        dates = [record["date"] for record in data["records"]]
        for number, day in enumerate(dates):
            if day in dates[:number]:
                reason = "There are two records of this date; one is right."
                raise ValidationError({"records": {number: {"date": {"reason": reason, "value": str(day)}}}})
        if (max(dates) - min(dates)).days >= MOST_RECORDS:
            reason = f"The dates span more than {MOST_RECORDS} days."
            raise ValidationError({"records": {"reason": reason, "value": f"{min(dates)}..{max(dates)}"}})


class MoodPredictedSchema(Schema):
    """The risks of all dates that were sent."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True)
    model_version = fields.String(required=True, allow_none=True)
    notice = fields.String(required=True, metadata={"description": "what this is not"})
    rows = fields.List(
        fields.Dict(keys=fields.String()), required=True, metadata={"description": "one row per date"}
    )


class MoodPendingSchema(Schema):
    """A question that is not answered yet."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True)


class MoodSubjectSchema(Schema):
    """A person whose history is kept."""

    name = fields.String(required=True)
    days = fields.Integer(required=True)
    nights = fields.Integer(required=True)
    date_from = fields.Date(required=True, allow_none=True)
    date_to = fields.Date(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class MoodSubjectsSchema(Schema):
    """The persons of one key."""

    subjects = fields.List(fields.Nested(MoodSubjectSchema), required=True)


class MoodSubjectQuerySchema(Schema):
    """Whose history."""

    name = fields.String(
        validate=validate.Regexp(SUBJECT, error="It is not a name of 1 to 100 characters without controls."),
        metadata={"description": "the subject; the key's own where left out"},
    )


class MoodReportQuerySchema(Schema):
    """In which language."""

    lang = fields.String(
        validate=validate.OneOf(["en", "ko"]),
        metadata={"description": "without it, what `Accept-Language` prefers; else English"},
    )
