"""Frames of clips come from the right seconds, and look as a player shows them."""

from __future__ import annotations

import struct
from fractions import Fraction

import av
import pytest
from PIL import Image

from app.personality.frames import parse_frames
from tests.personality.pictures import (
    BLUE,
    GREEN,
    GREY,
    RED,
    alike,
    box_of,
    clip,
    corners,
    quarters,
    with_matrix,
)
from workers.personality.errors import FileError
from workers.personality.identify import identify
from workers.personality.video.decode import read_video

UPRIGHT = [RED, GREEN, BLUE, GREY]
LATER = Image.new("RGB", (96, 64), "white")
# the matrix that turns a picture upright, and how it must lie for that
MATRICES = [
    ((1, 0, 0, 1), None),
    ((0, 1, -1, 0), Image.Transpose.ROTATE_90),
    ((-1, 0, 0, -1), Image.Transpose.ROTATE_180),
    ((0, -1, 1, 0), Image.Transpose.ROTATE_270),
    ((-1, 0, 0, 1), Image.Transpose.FLIP_LEFT_RIGHT),
    ((1, 0, 0, -1), Image.Transpose.FLIP_TOP_BOTTOM),
    ((0, 1, 1, 0), Image.Transpose.TRANSPOSE),
    ((0, -1, -1, 0), Image.Transpose.TRANSVERSE),
]


def read(path, frames=10):
    return read_video(path, identify(path, path.name)[0], frames)


def refused(path) -> FileError:
    with pytest.raises(FileError) as error:
        read(path)
    return error.value


@pytest.mark.parametrize(("matrix", "stored"), MATRICES)
def test_the_display_matrix_is_applied_whole(tmp_path, matrix, stored):
    image = quarters() if stored is None else quarters().transpose(stored)
    picture = read(with_matrix(clip(tmp_path / "a.mp4", [image] * 3), matrix), "middle").stills[0].picture
    assert alike(corners(picture.pixels), UPRIGHT, within=25)
    assert (picture.width, picture.height) == (96, 64)


@pytest.mark.parametrize(("matrix", "shape"), [((1, 0, 0, 1), (192, 64)), ((0, 1, -1, 0), (64, 192))])
def test_wide_samples_are_shown_wide_and_turned_with_the_picture(tmp_path, matrix, shape):
    def setup(stream):
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)

    path = with_matrix(clip(tmp_path / "a.mp4", [quarters()] * 3, setup=setup), matrix)
    picture = read(path, "middle").stills[0].picture
    assert (picture.width, picture.height) == shape
    assert picture.pixels.shape[:2] == shape[::-1]


def test_the_middle_is_one_of_time_and_not_of_frames(tmp_path):
    images = [quarters()] * 30 + [LATER] * 4
    pts = [i * 3000 for i in range(30)] + [90000 + i * 202500 for i in range(4)]
    path = clip(tmp_path / "a.mp4", images, pts=pts, tick=Fraction(1, 90000), rate=30)
    assert alike(corners(read(path, "middle").stills[0].picture.pixels), [(255, 255, 255)] * 4)
    spread = read(path, 10)
    late = sum(still.positions for still in spread.stills if still.time_s >= 1)
    assert late >= 8
    assert sum(still.positions for still in spread.stills) == 10


@pytest.mark.parametrize("name", ["a.mkv", "a.ts", "a.mov"])
@pytest.mark.parametrize("start_s", [0, 5, 36000])
def test_times_run_from_the_first_shown_frame(tmp_path, name, start_s):
    pts = [start_s * 90000 + i * 3600 for i in range(25)]
    images = [quarters()] * 12 + [LATER] * 13
    path = clip(tmp_path / name, images, pts=pts, tick=Fraction(1, 90000), container_options={"copyts": "1"})
    stills = read(path, [0.0, 0.2, 0.8]).stills
    assert [still.time_s for still in stills] == pytest.approx([0, 0.2, 0.8], abs=0.002)
    assert alike(corners(stills[1].picture.pixels), UPRIGHT, within=25)
    assert alike(corners(stills[2].picture.pixels), [(255, 255, 255)] * 4)


def test_times_behind_the_end_are_asked_for_and_not_decoded(tmp_path):
    clip_read = read(clip(tmp_path / "a.mp4", [quarters()] * 25), [0.5, 3.0, 99.0])
    assert (len(clip_read.stills), clip_read.asked) == (1, 3)


def test_a_clip_of_one_frame_has_one(tmp_path):
    clip_read = read(clip(tmp_path / "a.mp4", [quarters()]))
    assert [(still.time_s, still.positions) for still in clip_read.stills] == [(0.0, 10)]


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("a.mp4", "libx264", "yuv444p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.mp4", "libx264", "gray"),
    ],
)
def test_containers_and_odd_sizes_show_the_same_picture(tmp_path, name, codec, pix_fmt):
    size = (96, 64) if pix_fmt == "yuv420p" and codec == "libx264" else (97, 65)
    path = clip(tmp_path / name, [quarters(*size)] * 5, codec=codec, pix_fmt=pix_fmt)
    pixels = read(path, "middle").stills[0].picture.pixels
    expected = [(level,) * 3 for level in (81, 119, 69, 128)] if pix_fmt == "gray" else UPRIGHT
    assert pixels.shape == (size[1], size[0], 3)
    assert alike(corners(pixels), expected, within=25)


@pytest.mark.parametrize(("matrix", "limits"), [(1, 1), (5, 1), (1, 2), (5, 2), (9, 1)])
def test_matrix_and_range_of_colours_are_those_of_the_clip(tmp_path, matrix, limits):
    def setup(stream):
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, limits

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "5", "x264-params": "threads=1"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        setup(stream)
        for _ in range(3):
            frame = av.VideoFrame.from_image(quarters())
            frame = frame.reformat(format="yuv420p", dst_colorspace=matrix, dst_color_range=limits)
            frame.colorspace, frame.color_range = matrix, limits
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert alike(corners(read(path, "middle").stills[0].picture.pixels), UPRIGHT, within=12)


def only_sound(container) -> None:
    stream = container.add_stream("aac", rate=44100)
    for number in range(10):
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 44100, number * 1024
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def test_sound_without_pictures_is_no_video(tmp_path):
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        only_sound(container)
    assert refused(tmp_path / "a.mp4").code == "no_video"


def test_a_header_without_frames_has_no_frames(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        container.start_encoding()
    assert refused(tmp_path / "a.mkv").code == "no_frames"


def noisy(count: int) -> list[Image.Image]:
    return [Image.effect_noise((96, 64), 60).convert("RGB") for _ in range(count)]


def test_a_clip_whose_index_is_cut_off_says_so_in_plain_words(tmp_path):
    path = clip(tmp_path / "a.mp4", noisy(20))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    error = refused(path)
    assert error.code == "truncated"
    assert "moov" not in error.message
    assert str(tmp_path) not in error.message


@pytest.mark.parametrize(
    ("name", "options"), [("a.mp4", {"movflags": "faststart"}), ("a.mkv", {}), ("a.avi", {})]
)
def test_of_a_clip_that_breaks_off_the_first_part_is_read(tmp_path, name, options):
    codec = "mpeg4" if name == "a.avi" else "libx264"
    path = clip(tmp_path / name, noisy(50), container_options=options, codec=codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    clip_read = read(path)
    assert clip_read.stills
    assert clip_read.seconds < 1.6
    assert clip_read.warnings[0].startswith("partial: ")


def test_a_whole_clip_is_not_called_partial(tmp_path):
    for name in ("a.mp4", "a.mkv", "a.ts"):
        assert read(clip(tmp_path / name, [quarters()] * 30)).warnings == ()


def test_a_billion_promised_frames_are_not_waited_for(tmp_path):
    path = clip(tmp_path / "a.mp4", [quarters()] * 25)
    data = bytearray(path.read_bytes())
    place = box_of(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts")
    struct.pack_into(">I", data, place + 8, 1_000_000_000)
    path.write_bytes(data)
    assert len(read(path).stills) == 10


def test_an_edit_list_hides_what_comes_before_it(tmp_path):
    images = [LATER] * 10 + [quarters()] * 15
    path = clip(tmp_path / "a.mp4", images, gop=1)
    data = bytearray(path.read_bytes())
    place = box_of(data, b"moov", b"trak", b"edts", b"elst") + 8
    scale = struct.unpack_from(">I", data, box_of(data, b"moov", b"trak", b"mdia", b"mdhd") + 12)[0]
    struct.pack_into(">i", data, place + 4, scale * 10 // 25 + struct.unpack_from(">i", data, place + 4)[0])
    path.write_bytes(data)
    first = read(path, [0.0]).stills[0]
    assert first.time_s == 0
    assert alike(corners(first.picture.pixels), UPRIGHT, within=25)


@pytest.mark.parametrize(
    ("text", "means"),
    [("middle", "middle"), ("7", 7), ("0,2.5", [0.0, 2.5]), ("1.5", [1.5]), (" 3, ", [3.0])],
)
def test_frames_are_a_count_the_middle_or_times(text, means):
    assert parse_frames(text) == means


@pytest.mark.parametrize("text", ["", "0", "101", "-1", "1,-2", "inf,1", "nan,1", "first", "1;2", "²"])
def test_other_frames_are_refused(text):
    with pytest.raises(ValueError, match="must be `middle`"):
        parse_frames(text)
