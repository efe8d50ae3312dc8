"""Decode the wanted frames of a clip: only the packets that they need, and never past the file's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from av.error import FFmpegError

from app.personality.frames import COUNT, Frames
from workers.personality.complete import is_cut
from workers.personality.errors import FileError
from workers.personality.picture import MOST_PIXELS, Picture
from workers.personality.video.container import opened
from workers.personality.video.display import Display
from workers.personality.video.positions import Wanted, choose
from workers.personality.video.timeline import packets_of, read_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from app.files.uploads.media import Kind
    from workers.personality.video.timeline import Shown, Timeline


@dataclass(frozen=True)
class Still:
    """One decoded frame and when it is shown, in seconds from the first shown frame.

    `positions` counts those asked for that it stands for: frames of a slow stretch stand for many.
    """

    time_s: float
    picture: Picture
    positions: int = 1


@dataclass(frozen=True)
class Clip:
    """The frames of a clip that were asked for and could be decoded; `asked` counts the positions."""

    stills: tuple[Still, ...]
    asked: int
    seconds: float
    warnings: tuple[str, ...] = ()


def read_video(path: Path, kind: Kind, frames: Frames = COUNT) -> Clip:
    """Return the wanted frames of a clip of a known kind.

    Raises:
        FileError: truncated, unreadable, no_video, no_frames, unsupported, too_many_pixels.

    """
    with opened(path, kind) as (container, stream):
        timeline = read_timeline(container, stream)
    if timeline is None:
        raise FileError(
            "truncated" if is_cut(path, kind) else "no_frames", "the clip has no frames that can be read"
        )
    wanted = choose(timeline, frames)
    stills, codec = _decoded(path, kind, timeline, wanted)
    if not stills:
        raise _nothing(wanted, codec)
    return Clip(stills, wanted.asked, timeline.seconds, _warnings(path, kind, timeline))


def _decoded(path: Path, kind: Kind, timeline: Timeline, wanted: Wanted) -> tuple[tuple[Still, ...], str]:
    """Return the wanted frames that could be decoded, in order, and the codec's name."""
    positions = {timeline.frames[place].pts: count for place, count in wanted.places.items()}
    targets = [timeline.frames[place] for place in wanted.places]
    with opened(path, kind) as (container, stream):
        aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1
        display = Display(float(aspect))
        frames = Decoder(stream, targets).run(packets_of(container, stream))
        stills = tuple(
            Still(round(timeline.time_of(pts), 3), display.show(frame), positions.get(pts, 1))
            for pts, frame in frames
        )
        return stills, stream.codec_context.name


def _nothing(wanted: Wanted, codec: str) -> FileError:
    """Return what to say where no frame came out."""
    if not wanted.places:
        return FileError("no_frames", "no frame is shown at the times asked for; the clip is shorter")
    return FileError("no_frames", f"none of the clip's frames could be decoded ({codec})")


def _warnings(path: Path, kind: Kind, timeline: Timeline) -> tuple[str, ...]:
    """Return the warning that a clip breaks off, where it does."""
    if timeline.complete and not is_cut(path, kind):
        return ()
    return (f"partial: the clip breaks off after {timeline.seconds:.1f} s; the upload may be incomplete",)


class Decoder:
    """Feeds a stream's decoder with the packets that lead to some frames, and picks these out."""

    def __init__(self, stream: VideoStream, targets: Sequence[Shown]) -> None:
        self._context = stream.codec_context
        self._waiting = sorted(targets, key=lambda frame: frame.pts)
        self._fed = -1
        self._nearest: tuple[int, VideoFrame] | None = None

    def run(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[tuple[int, VideoFrame]]:
        """Yield the frames in order, each with its time in ticks; of a damaged one the nearest before."""
        for number, packet in enumerate(packets):
            if not self._waiting:
                return
            if self._is_needed(number):
                yield from self._take(self._decode(packet, number))
        yield from self._take(self._decode(None, self._fed + 1))
        if self._waiting and self._nearest is not None:
            yield self._nearest

    def _is_needed(self, number: int) -> bool:
        """Say whether a packet leads to the next frame that is waited for."""
        return number >= min(frame.key for frame in self._waiting)

    def _decode(self, packet: Packet[VideoStream] | None, number: int) -> list[VideoFrame]:
        """Return what a packet brings out of the decoder; a damaged one brings nothing."""
        if number != self._fed + 1 and packet is not None:
            self._context.flush_buffers()
            self._nearest = None
        self._fed = number
        try:
            return list(self._context.decode(packet))
        except FFmpegError:
            return []

    def _take(self, frames: Sequence[VideoFrame]) -> Iterator[tuple[int, VideoFrame]]:
        """Yield those of some decoded frames that are waited for."""
        for frame in frames:
            if frame.width * frame.height > MOST_PIXELS:
                continue
            pts = self._time_of(frame)
            yield from self._passed(pts)
            self._nearest = (pts, frame)
            if self._waiting and self._waiting[0].pts == pts:
                self._waiting.pop(0)
                self._nearest = None
                yield pts, frame

    def _passed(self, pts: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield, for frames that were due before a time and did not come, the nearest before them."""
        due = [frame for frame in self._waiting if frame.pts < pts]
        self._waiting = self._waiting[len(due) :]
        if due and self._nearest is not None:
            yield self._nearest
            self._nearest = None

    def _time_of(self, frame: VideoFrame) -> int:
        """Return when a frame is shown, in ticks; where it does not say, it is the one waited for."""
        if frame.pts is not None:
            return frame.pts
        if frame.dts is not None:
            return frame.dts
        return self._waiting[0].pts if self._waiting else 0
