"""Open a stranger's clip: its demuxer is forced, it may name no other file, and its pictures are counted.

Source of the rules: threats.md 11; PyAV's own reader would try every demuxer, playlists among them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import av
from av.error import EOFError as EndOfFile
from av.error import FFmpegError
from av.stream import Disposition

from workers.personality.complete import is_cut
from workers.personality.errors import FileError
from workers.personality.picture import MOST_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

    from app.files.uploads.media import Kind

OPTIONS = {
    "protocol_whitelist": "file",  # nothing is fetched, and no script of further files is followed
    "max_pixels": str(MOST_PIXELS),
    "threads": "1",
}
NO_VIDEO = Disposition.attached_pic | Disposition.timed_thumbnails  # an album's cover is no clip
CUT_OFF = FileError("truncated", "the clip breaks off before it can be read; the upload is incomplete")


@contextmanager
def opened(path: Path, kind: Kind) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Give a clip's container and its first stream of moving pictures.

    Raises:
        FileError: truncated, unreadable, no_video, no_frames, unsupported (its codec), too_many_pixels.

    """
    try:
        container = av.open(f"file:{path.absolute()}", format=kind.reader, options=dict(OPTIONS))
    except EndOfFile:
        raise _cut_or(path, kind, FileError("no_frames", "the clip has a header and no frames")) from None
    except (FFmpegError, ValueError, UnicodeError):
        detail = f"the {kind.media_type} is damaged and cannot be opened"
        raise _cut_or(path, kind, FileError("unreadable", detail)) from None
    with container:
        yield container, _pictures_of(container)


def _cut_or(path: Path, kind: Kind, error: FileError) -> FileError:
    """Return that a file broke off, where it did, and else another error."""
    return FileError(CUT_OFF.code, CUT_OFF.message) if is_cut(path, kind) else error


def _pictures_of(container: InputContainer) -> VideoStream:
    """Return the first stream of moving pictures, ready to be decoded in this thread."""
    streams = [stream for stream in container.streams.video if not stream.disposition & NO_VIDEO]
    if not streams:
        raise FileError("no_video", "the file has no moving pictures, only sound or a cover")
    stream = streams[0]
    context = stream.codec_context
    if context is None:
        raise FileError("unsupported", "the clip's codec is not one that can be decoded here")
    if context.width * context.height > MOST_PIXELS:
        size = f"{context.width} x {context.height}"
        raise FileError("too_many_pixels", f"{size} pixels a frame are more than {MOST_PIXELS:,}")
    context.thread_count = 1
    return stream
