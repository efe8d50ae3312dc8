"""What `frames` may say of a clip: `middle`, a count, or times in seconds from the first shown frame."""

from __future__ import annotations

from collections.abc import Sequence

MIDDLE = "middle"
COUNT = 10
MOST = 100
RIGHT = f"`middle`, a count from 1 to {MOST}, or up to {MOST} times in seconds such as 0,2.5"

Frames = int | str | Sequence[float]  # a count, `middle`, or times


def parse_frames(asked: str) -> Frames:
    """Return what `--frames` or the option `frames` says.

    Raises:
        ValueError: it is neither `middle`, nor a count, nor times.

    """
    text = asked.strip().lower()
    if text == MIDDLE:
        return MIDDLE
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST:
        return int(text)
    try:
        times = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        times = []
    looks_like_times = "," in text or "." in text
    if looks_like_times and 1 <= len(times) <= MOST and all(0 <= time < float("inf") for time in times):
        return times
    raise ValueError(f"frames {asked[:40]!r} must be {RIGHT}")
