"""People whose days are written down in a line, for tests of features and scores."""

from datetime import date, datetime, timedelta, timezone

from workers.mood.daily_records import history_of_records as history

__all__ = ["FIRST", "history", "night", "nights"]

FIRST = date(2025, 1, 2)


def night(day, *, onset=23.0, hours=8.0, zone_h=0.0, **more):
    """Return the record of a date whose sleep begins at a local hour of the evening before."""
    zone = timezone(timedelta(hours=zone_h))
    start = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=onset - 24)
    end = start + timedelta(hours=hours)
    return {"date": day.isoformat(), "sleep": [{"start": start.isoformat(), "end": end.isoformat()}], **more}


def nights(count, *, first=FIRST, wobble=True, **more):
    """Return records of consecutive dates; a wobble makes no two nights alike, always in the same way."""
    days = []
    for number in range(count):
        change = 0.5 * ((number * 7) % 5 - 2) / 2 if wobble else 0.0
        given = {name: value(number) if callable(value) else value for name, value in more.items()}
        given["hours"] = given.get("hours", 8.0) + change
        days.append(night(first + timedelta(days=number), **given))
    return days
