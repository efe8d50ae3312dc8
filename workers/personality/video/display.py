"""Turn a decoded frame into the pixels that a player would show.

The display matrix is applied whole (turns and mirrors), then the shape of the samples;
range and matrix of the colours are those of the frame, guessed by its size where it does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from av.error import FFmpegError
from av.sidedata.sidedata import Type
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from workers.personality.picture import Picture

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideData
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

LONG_SIDE = 1280  # of the pixels handed on: what the detector's second look takes
HD_WIDTH, HD_HEIGHT = 1280, 576  # above these BT.709, where a file does not say (mpv, ffmpeg's players)
UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED, AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_UNSPECIFIED
WIDE_TRC = frozenset({int(ColorTrc.SMPTE2084), int(ColorTrc.ARIB_STD_B67)})
WIDE_PRIMARIES = frozenset({int(ColorPrimaries.BT2020), int(ColorPrimaries.SMPTE432)})
MATRIX_BYTES = 9 * 4
ODDEST = 4.0  # a sample's shape beyond this is damage


@dataclass(frozen=True)
class Turn:
    """What a display matrix does: first the axes change places, then each may be mirrored."""

    swapped: bool = False
    flip_x: bool = False
    flip_y: bool = False


class Display:
    """Shows the frames of one clip, whose samples have one shape."""

    def __init__(self, sample_aspect: float) -> None:
        self._aspect = sample_aspect if 1 / ODDEST <= sample_aspect <= ODDEST else 1.0
        self._converter = VideoReformatter()  # keeps its tables: for wide colours they take seconds to make

    def show(self, frame: VideoFrame) -> Picture:
        """Return a decoded frame as it is displayed, made smaller where it is large."""
        turn = turn_of(frame)
        width, height = _shaped(frame.width, frame.height, self._aspect)
        shrink = min(LONG_SIDE / max(width, height), 1.0)
        pixels = self._rgb(frame, max(round(width * shrink), 1), max(round(height * shrink), 1))
        if turn.swapped:
            pixels, width, height = pixels.transpose(1, 0, 2), height, width
        pixels = pixels[:: -1 if turn.flip_y else 1, :: -1 if turn.flip_x else 1]
        return Picture(np.ascontiguousarray(pixels), width, height)

    def _rgb(self, frame: VideoFrame, width: int, height: int) -> NDArray[np.uint8]:
        """Return a frame's pixels in full-range RGB at a size."""
        wide = frame.color_trc in WIDE_TRC or frame.color_primaries in WIDE_PRIMARIES
        try:
            return self._convert(frame, width, height, wide=wide)
        except FFmpegError:
            if not wide:
                raise
            return self._convert(frame, width, height, wide=False)

    def _convert(self, frame: VideoFrame, width: int, height: int, *, wide: bool) -> NDArray[np.uint8]:
        """Return a frame's pixels; of `wide` colours the curve and the primaries are brought to sRGB too."""
        small = self._converter.reformat(
            frame,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=_matrix_of(frame),
            src_color_range=frame.color_range or ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA if width < frame.width else Interpolation.BICUBIC,
            dst_color_trc=ColorTrc.IEC61966_2_1 if wide else None,
            dst_color_primaries=ColorPrimaries.BT709 if wide else None,
            threads=1,
        )
        return np.asarray(small.to_ndarray())


def turn_of(frame: VideoFrame) -> Turn:
    """Return what the frame's display matrix does, in right angles; nothing where it has none.

    Source: libavutil/display.h; x' = a x + c y, y' = b x + d y of the matrix a b u c d v x y w.
    """
    matrix = cast("SideData | None", cast("Any", frame.side_data).get(Type.DISPLAYMATRIX))
    if matrix is None or matrix.buffer_size < MATRIX_BYTES:
        return Turn()
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix)[:MATRIX_BYTES], "=i4").astype(float)
    if not (a * d - b * c):
        return Turn()
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Turn(flip_x=a < 0, flip_y=d < 0)
    return Turn(swapped=True, flip_x=c < 0, flip_y=b < 0)


def _shaped(width: int, height: int, aspect: float) -> tuple[int, int]:
    """Return the size at which samples of a shape are shown: none of them is made smaller."""
    if aspect >= 1:
        return max(round(width * aspect), 1), height
    return width, max(round(height / aspect), 1)


def _matrix_of(frame: VideoFrame) -> int | None:
    """Return the matrix to assume where a frame names none, None where it names one."""
    if frame.colorspace != UNSPECIFIED:
        return None
    is_hd = frame.width >= HD_WIDTH or frame.height > HD_HEIGHT
    return Colorspace.ITU709 if is_hd else Colorspace.ITU601
