"""Pictures come out upright, in sRGB, over white, and never larger than they may be."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from tests.personality.pictures import (
    BLUE,
    GREEN,
    GREY,
    RED,
    alike,
    corners,
    encoded,
    png,
    png_chunk,
    quarters,
)
from workers.personality.errors import FileError
from workers.personality.identify import identify
from workers.personality.images.decode import read_image
from workers.personality.picture import LONG_SIDE

UPRIGHT = [RED, GREEN, BLUE, GREY]
STORED = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # how a picture lies that the tag turns upright


def read(tmp_path, content: bytes, name: str = "face.bin"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_image(path, identify(path, name)[0])


def refused(tmp_path, content: bytes) -> str:
    with pytest.raises(FileError) as error:
        read(tmp_path, content)
    return error.value.code


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_orientation_is_turned_upright_once(tmp_path, kind, orientation):
    image = quarters()
    stored = image if orientation == 1 else image.transpose(STORED[orientation])
    picture = read(tmp_path, encoded(stored, kind, exif=exif(orientation), quality=95))
    assert alike(corners(picture.pixels), UPRIGHT)
    assert (picture.width, picture.height) == image.size


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_a_tag_that_is_no_orientation_turns_nothing(tmp_path, orientation):
    picture = read(tmp_path, encoded(quarters(), "JPEG", exif=exif(orientation), quality=95))
    assert alike(corners(picture.pixels), UPRIGHT)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_turned_by_its_own_box_and_not_again_by_its_tag(tmp_path, orientation):
    image = quarters()
    stored = image if orientation == 1 else image.transpose(STORED[orientation])
    pillow_heif.from_pillow(stored).save(tmp_path / "a.heic", exif=exif(orientation).tobytes(), quality=95)
    picture = read(tmp_path, (tmp_path / "a.heic").read_bytes())
    assert alike(corners(picture.pixels), UPRIGHT)


def test_sixteen_bits_of_grey_are_scaled_and_not_cut(tmp_path):
    values = np.linspace(0, 65535, 64).astype(">u2")
    rows = b"".join(b"\0" + values.tobytes() for _ in range(8))
    picture = read(tmp_path, png(64, 8, 16, 0, rows))
    assert alike(picture.pixels[0, :, 0], np.linspace(0, 255, 64).round(), within=1)


def test_a_key_colour_of_sixteen_bits_is_white(tmp_path):
    values = np.array([0, 1000, 40000, 65535], dtype=">u2")
    key = png_chunk(b"tRNS", struct.pack(">H", 1000))
    picture = read(tmp_path, png(4, 1, 16, 0, b"\0" + values.tobytes(), more=key))
    assert picture.pixels[0, :, 0].tolist() == [0, 255, 156, 255]


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(tmp_path, mode, kind):
    image = quarters().convert(mode)
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, 0, 48, 32))
    image.putalpha(alpha)
    how = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    colours = corners(read(tmp_path, encoded(image, kind, **how)).pixels)
    assert colours[0] == (255, 255, 255)
    assert colours[1] != (255, 255, 255)


def test_a_palettes_transparent_entry_is_white(tmp_path):
    image = quarters().convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    picture = read(tmp_path, encoded(image, "PNG", transparency=image.getpixel((2, 2))))
    assert corners(picture.pixels)[0] == (255, 255, 255)
    assert alike(corners(picture.pixels)[1:], UPRIGHT[1:])


def test_a_large_picture_with_a_key_colour_keeps_its_white(tmp_path):
    image = Image.new("L", (LONG_SIDE * 2, 40), 90)
    image.paste(10, (0, 0, LONG_SIDE, 40))
    picture = read(tmp_path, encoded(image, "PNG", transparency=10))
    assert picture.pixels.shape[1] == LONG_SIDE
    assert picture.pixels[10, 100].tolist() == [255, 255, 255]
    assert picture.pixels[10, -100].tolist() == [90, 90, 90]
    assert (picture.width, picture.scale) == (LONG_SIDE * 2, 2)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_every_mode_comes_out_as_rgb(tmp_path, mode):
    kind = "JPEG" if mode in {"CMYK", "L"} else "PNG"
    picture = read(tmp_path, encoded(quarters().convert(mode), kind))
    assert picture.pixels.shape == (64, 96, 3)
    assert picture.pixels.dtype == np.uint8


def test_ink_is_no_negative_with_and_without_adobes_marker(tmp_path):
    data = encoded(quarters().convert("CMYK"), "JPEG", quality=95)
    start = data.find(b"\xff\xee")
    unmarked = data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4]) :]
    for content in (data, unmarked):
        assert alike(corners(read(tmp_path, content).pixels), UPRIGHT, within=30)


def test_a_profile_is_applied(tmp_path):
    # a profile that swaps nothing but the gamma: mid grey must move towards white or black
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = read(tmp_path, encoded(quarters(), "PNG"))
    other = read(tmp_path, encoded(quarters(), "PNG", icc_profile=profile))
    assert (plain.pixels == other.pixels).all(), "a profile for other colours is passed over"


@pytest.mark.parametrize(
    ("gamma", "more", "shown"),
    [
        (100_000, b"", 186),  # linear: 128 of 255 is half of the light
        (45_455, b"", 128),
        (100_000, png_chunk(b"sRGB", b"\0"), 128),
        (0, b"", 128),
        (4_000_000_000, b"", 128),
    ],
    ids=["linear", "usual", "srgb-wins", "none", "damage"],
)
def test_a_pngs_gamma_is_applied_where_nothing_better_is_said(tmp_path, gamma, more, shown):
    chunks = png_chunk(b"gAMA", struct.pack(">I", gamma)) + more
    picture = read(tmp_path, png(4, 4, 8, 2, (b"\0" + bytes([128]) * 12) * 4, more=chunks))
    assert picture.pixels[2, 2].tolist() == [shown] * 3


def test_a_profile_that_is_none_is_passed_over(tmp_path):
    picture = read(tmp_path, encoded(quarters(), "PNG", icc_profile=b"not a profile" * 20))
    assert corners(picture.pixels) == UPRIGHT


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_what_moves_the_first_frame_is_used(tmp_path, kind):
    rest = [Image.new("RGB", (96, 64), "white")] * 2
    picture = read(tmp_path, encoded(quarters(), kind, save_all=True, append_images=rest, duration=80))
    assert picture.warnings == ("animated: first frame used",)
    assert alike(corners(picture.pixels), UPRIGHT, within=20)


def test_of_a_jpeg_with_further_pictures_the_first_is_used(tmp_path):
    data = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))], quality=95)
    picture = read(tmp_path, data)
    assert alike(corners(picture.pixels), UPRIGHT)
    assert picture.warnings == ()


def large_webp() -> bytes:
    size = struct.pack("<I", 16382 | 16382 << 14)
    return b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", 14) + b"\x2f" + size + b"\0" * 9


def large_jpeg() -> bytes:
    data = bytearray(encoded(Image.new("RGB", (16, 16)), "JPEG"))
    struct.pack_into(">HH", data, data.find(b"\xff\xc0") + 5, 65500, 65500)
    return bytes(data)


def large_gif(*, frame: bool) -> bytes:
    data = bytearray(encoded(Image.new("P", (4, 4)), "GIF"))
    struct.pack_into("<HH", data, data.find(b"\x2c") + 5 if frame else 6, 65535, 65535)
    return bytes(data)


@pytest.mark.parametrize(
    "content",
    [
        png(30000, 30000, 8, 2, b"\0"),
        png(9000, 9000, 1, 0, b"\0" * 1126 * 9000),
        png(6400, 6400, 8, 0, b"\0"),
        large_webp(),
        large_jpeg(),
        large_gif(frame=False),
        large_gif(frame=True),
    ],
    ids=["png", "png-of-zeros", "png-just-above", "webp", "jpeg", "gif-screen", "gif-frame"],
)
def test_too_many_pixels_are_refused_by_the_header(tmp_path, content):
    assert refused(tmp_path, content) == "too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_breaks_off_is_truncated(tmp_path, kind):
    noise = Image.effect_noise((160, 120), 80).convert("RGB")
    data = encoded(noise, kind)
    assert refused(tmp_path, data[: len(data) * 6 // 10]) == "truncated"


def test_a_heic_that_breaks_off_is_truncated(tmp_path):
    pillow_heif.from_pillow(Image.effect_noise((160, 120), 80).convert("RGB")).save(tmp_path / "a.heic")
    data = (tmp_path / "a.heic").read_bytes()
    assert refused(tmp_path, data[: len(data) * 6 // 10]) == "truncated"


def test_bytes_behind_the_end_are_passed_over(tmp_path):
    picture = read(tmp_path, encoded(quarters(), "JPEG", quality=95) + b"a phone's own data" * 400)
    assert alike(corners(picture.pixels), UPRIGHT)


def test_text_that_inflates_without_end_is_no_crash(tmp_path):
    bomb = zlib.compress(b"\0" * 100_000_000, 9)
    rows = b"".join(b"\0" + bytes([90]) * 8 for _ in range(8))
    for chunk in (png_chunk(b"zTXt", b"Comment\0\0" + bomb), png_chunk(b"iCCP", b"x\0\0" + bomb)):
        assert refused(tmp_path, png(8, 8, 8, 0, rows, more=chunk)) == "unreadable"


def test_broken_metadata_does_not_keep_a_picture_from_being_read(tmp_path):
    data = encoded(quarters(), "JPEG", quality=95)
    broken = b"Exif\0\0MM\0*\0\0\xff\xf0" + b"\x01\x02" * 30
    marked = data[:2] + b"\xff\xe1" + struct.pack(">H", len(broken) + 2) + broken + data[2:]
    assert alike(corners(read(tmp_path, marked).pixels), UPRIGHT)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (20000, 3)])
def test_the_thinnest_pictures_have_pixels(tmp_path, size):
    picture = read(tmp_path, encoded(Image.new("RGB", size), "PNG"))
    assert min(picture.pixels.shape[:2]) >= 1
    assert (picture.width, picture.height) == size
