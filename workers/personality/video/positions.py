"""Which frames of a clip to look at: `middle`, a count, or times in seconds from the first shown frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.personality.frames import Frames
    from workers.personality.video.timeline import Timeline


@dataclass(frozen=True)
class Wanted:
    """The frames to decode, by their places in the timeline, each with the positions that it stands for.

    `asked` counts the positions, also those behind the clip's end.
    """

    places: Mapping[int, int]
    asked: int


def choose(timeline: Timeline, frames: Frames) -> Wanted:
    """Return which frames of a clip answer what was asked."""
    if isinstance(frames, int):
        return Wanted(Counter(_spread(timeline, frames)), frames)
    times = [timeline.seconds / 2] if isinstance(frames, str) else list(frames)
    return Wanted(Counter(timeline.at(time) for time in times if time <= timeline.seconds), len(times))


def _spread(timeline: Timeline, count: int) -> list[int]:
    """Return a frame of each of `count` equal stretches of time.

    A keyframe is taken where the stretch has one, as it costs one decoded frame instead of all
    since the last; of these the nearest to the middle. Else it is the frame on the screen in the middle.
    """
    step = timeline.seconds / count
    return [_of_stretch(timeline, step * number, step) for number in range(count)]


def _of_stretch(timeline: Timeline, start_s: float, length_s: float) -> int:
    """Return the frame that stands for one stretch of time."""
    first, centre = timeline.at(start_s), timeline.at(start_s + length_s / 2)
    last = timeline.at(start_s + length_s)
    inside = range(first + (timeline.time_of(timeline.frames[first].pts) < start_s), last)
    keys = [place for place in inside if timeline.frames[place].is_key]
    if keys:
        return min(keys, key=lambda place: abs(place - centre))
    return centre
