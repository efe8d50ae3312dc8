"""When a clip's frames are shown, by its packets: what headers say of counts and durations are claims."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from av.error import FFmpegError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

MOST_PACKETS = 500_000  # 4.6 hours at 30 a second; what lies behind is not looked at
TICKS_PER_S = 1_000_000  # of a container's own times: AV_TIME_BASE
CLAIM = 0.9  # of a promised duration: less than this was cut off


@dataclass(frozen=True)
class Shown:
    """One frame: when it is shown in ticks, which packet has it, and the packet to decode from."""

    pts: int
    packet: int
    key: int

    @property
    def is_key(self) -> bool:
        """Say whether it can be decoded without another."""
        return self.packet == self.key


@dataclass(frozen=True)
class Timeline:
    """A clip's frames in the order in which they are shown; `tick_s` is the length of a tick.

    `complete` is False where fewer seconds could be read than the header promises.
    """

    frames: tuple[Shown, ...]
    tick_s: float
    last_s: float
    complete: bool

    @property
    def seconds(self) -> float:
        """Return how long the clip is, from its first shown frame to the end of its last."""
        return (self.frames[-1].pts - self.frames[0].pts) * self.tick_s + self.last_s

    def time_of(self, pts: int) -> float:
        """Return a time in ticks as seconds from the first shown frame."""
        return (pts - self.frames[0].pts) * self.tick_s

    def at(self, time_s: float) -> int:
        """Return which frame is on the screen at a time, by its place in `frames`."""
        ticks = self.frames[0].pts + round(time_s / self.tick_s)
        return max(bisect_right(self.frames, ticks, key=lambda frame: frame.pts) - 1, 0)


def packets_of(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Yield a stream's packets to the end of the file, or to where it is damaged."""
    packets = iter(container.demux(stream))
    for _ in range(MOST_PACKETS):
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            return
        if packet.size and not packet.is_corrupt:
            yield packet


def read_timeline(container: InputContainer, stream: VideoStream) -> Timeline | None:
    """Return when a clip's frames are shown, None where it has none."""
    tick_s = float(stream.time_base or 1)
    frames, last = list[Shown](), 0
    keys: list[tuple[int, int]] = []
    for number, packet in enumerate(packets_of(container, stream)):
        pts = _shown_at(packet, number, stream)
        if packet.is_keyframe or not keys:
            keys.append((number, pts))
        last = max(packet.duration or 0, 0)
        if not packet.is_discard:  # an edit list leaves it out
            frames.append(Shown(pts, number, _decodable_from(keys, pts)))
    if not frames:
        return None
    frames.sort(key=lambda frame: frame.pts)
    timeline = Timeline(tuple(frames), tick_s, last * tick_s, complete=True)
    complete = timeline.seconds >= CLAIM * _promised_s(container, stream)
    return Timeline(timeline.frames, tick_s, timeline.last_s, complete)


def _shown_at(packet: Packet[VideoStream], number: int, stream: VideoStream) -> int:
    """Return a packet's time in ticks; where the container has none, frames follow at their usual rate."""
    if packet.pts is not None:
        return packet.pts
    if packet.dts is not None:
        return packet.dts
    rate, tick = stream.average_rate or 25, stream.time_base or 1
    return round(number / rate / tick)


def _decodable_from(keys: Sequence[tuple[int, int]], pts: int) -> int:
    """Return the packet to start from: a frame shown before the last keyframe needs the one before."""
    for number, key_pts in reversed(keys[-2:]):
        if key_pts <= pts:
            return number
    return keys[0][0] if len(keys) < 2 else keys[-2][0]  # noqa: PLR2004


def _promised_s(container: InputContainer, stream: VideoStream) -> float:
    """Return the shortest duration that a header claims, 0 where none does."""
    claims = []
    if stream.duration is not None and stream.time_base is not None:
        claims.append(float(stream.duration * stream.time_base))
    if container.duration is not None:
        is_matroska = container.format.name.startswith("matroska")  # whose duration counts from 0
        begin = max(container.start_time or 0, 0) if is_matroska else 0
        claims.append((container.duration - begin) / TICKS_PER_S)
    return max(min(claims, default=0.0), 0.0)
