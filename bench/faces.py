"""`python -m bench.faces DATA`: how fast faces are judged on one core, and how well they are found in scenes.

DATA is a folder with pictures of faces, such as One Million Impressions. With `--backgrounds`, a folder
of pictures without faces (skimage/data of the scikit-image wheel), faces are put into those under 19
conditions and looked for. With `--url`, a running stack is asked about 50 pictures one by one, then together.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["OMP_NUM_THREADS"] = "1"  # one core, before torch is loaded

import av
import httpx
import numpy as np
from PIL import Image

from bench.scenes import CONDITIONS, backgrounds, scenes
from workers.personality.detect import DEFAULT, DETECTORS, Detector, detect
from workers.personality.judge import How, Source, judge_files
from workers.personality.predictor import ImpressionPredictor, Options
from workers.sdk.weights import live_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.personality.detect import Pixels

ROUNDS = 15
TARGETS_MS = {"640-px image": 80.0, "12 MP JPEG": 130.0}
CLIP_MS = 1500.0  # ten frames of 30 s, 1280 x 720
CLIP_SIZE, CLIP_S, CLIP_RATE = (1280, 720), 30, 30
KEYFRAMES = {"phone's": 30, "x264's": 250}  # frames between two keyframes, as they are usual
FORTY_FACES = 3.0  # times one face, at most
BATCH_GAIN = 2.0  # times as fast as one by one, at least
LEAST_FOUND, MOST_FALSE, MOST_MS = 0.85, 5.0, 40.0  # share, boxes per 100 scenes, milliseconds


@dataclass(frozen=True)
class Shown:
    """Pixels as a predictor takes them."""

    pixels: Pixels


def main() -> int:
    """Print each figure beside its target, and return 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--backgrounds", type=Path)
    parser.add_argument("--detector", default=DEFAULT, choices=sorted(DETECTORS))
    parser.add_argument("--url", help="of a running stack, such as http://127.0.0.1:8000")
    options = parser.parse_args()
    faces = [path for path in sorted(options.data.rglob("*.jpg")) if path.parent.name == "images"]
    if not faces:
        sys.exit(f"bench: no images/*.jpg below {options.data}")
    lines = [through_api(options.url, faces[:50])] if options.url else speeds(faces)
    if options.backgrounds:
        lines += detection(faces, backgrounds(options.backgrounds), DETECTORS[options.detector]())
    for text, kept in lines:
        print(f"{text}{'' if kept else '   MISSED'}", flush=True)  # noqa: T201 - the terminal is what this is for
    return 0 if all(kept for _, kept in lines) else 1


def speeds(faces: Sequence[Path]) -> list[tuple[str, bool]]:
    """Return the times of one picture, of many faces and of many pictures, each with whether it will do."""
    predictor = ImpressionPredictor.load(live_folder("personality"))
    lines = []
    one = Image.open(faces[0]).convert("RGB").resize((640, 640), Image.Resampling.BICUBIC)
    large = one.resize((3464, 3464))
    for (name, target), image in zip(TARGETS_MS.items(), (one, large), strict=True):
        data = _jpeg(image)
        spent = _milliseconds(partial(_judge_file, predictor, data))
        lines.append((f"{name}: {spent:.0f} ms (target {target:.0f})", spent < target))
    lines += clips(predictor, faces)
    single = _milliseconds(lambda: predictor.predict([Shown(np.asarray(one))]))
    forty = Shown(collage(faces[:40]))
    many = _milliseconds(lambda: predictor.predict([forty], Options(all_faces=True)), rounds=5)
    ratio = many / single
    lines.append((f"forty faces: {ratio:.1f} x one face (target {FORTY_FACES:.0f})", ratio < FORTY_FACES))
    batch = [Shown(np.asarray(Image.open(path).convert("RGB"))) for path in faces[:50]]
    alone = _milliseconds(lambda: [predictor.predict([each]) for each in batch], rounds=3)
    together = _milliseconds(lambda: predictor.predict(batch), rounds=3)
    gain = alone / together
    lines.append((f"50 pictures together: {gain:.2f} x as fast as alone", gain >= BATCH_GAIN))
    return lines


def clips(predictor: ImpressionPredictor, faces: Sequence[Path]) -> list[tuple[str, bool]]:
    """Return the times of ten frames of a clip, by how far its keyframes are apart."""
    lines = []
    for whose, apart in KEYFRAMES.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Source(_clip(Path(folder) / "clip.mp4", faces[0], apart), "clip.mp4")
            spent = _milliseconds(lambda: list(judge_files(predictor, [source], How())), rounds=3)  # noqa: B023
        text = f"ten frames of a clip, keyframes {whose}: {spent:.0f} ms (target {CLIP_MS:.0f})"
        lines.append((text, spent < CLIP_MS))
    return lines


def through_api(url: str, paths: Sequence[Path]) -> tuple[str, bool]:
    """Return how much sooner pictures are answered together than one by one, by the clock of who asks."""
    fresh = {"Cache-Control": "no-store"}
    with httpx.Client(base_url=f"{url}/api/v1/personality", timeout=120, headers=fresh) as client:

        def ask(route: str, field: str, files: Sequence[Path]) -> float:
            started = time.perf_counter()
            sent = [(field, (path.name, path.read_bytes())) for path in files]
            answer = client.post(route, files=sent, data={"consent": "true"})
            while answer.status_code == httpx.codes.ACCEPTED:
                answer = client.get(url + answer.json()["links"]["self"])
            answer.raise_for_status()
            return time.perf_counter() - started

        ask("/predict", "file", paths[:1])
        alone = sum(ask("/predict", "file", [path]) for path in paths)
        together = ask("/batch", "files", paths)
    gain = alone / together
    text = (
        f"{len(paths)} pictures through the API: {alone:.1f} s alone, {together:.1f} s together, {gain:.2f} x"
    )
    return text, gain >= BATCH_GAIN


def detection(faces: Sequence[Path], empty: Sequence[Pixels], detector: Detector) -> list[tuple[str, bool]]:
    """Return how many faces of scenes are found, how many boxes are false, and how long that takes."""
    hits: dict[str, list[bool]] = {name: [] for name in CONDITIONS}
    false, spent = 0, []
    for scene in scenes(faces[::31][:24], empty):
        started = time.process_time()
        boxes = [each.box for each in detect(scene.pixels, detector)]
        spent.append(time.process_time() - started)
        hits[scene.condition].append(any(map(scene.is_hit, boxes)))
        false += sum(not scene.holds(box) for box in boxes)
    share = float(np.mean([hit for each in hits.values() for hit in each]))
    small = float(np.mean(hits["24 px"]))
    per_100 = 100 * false / len(spent)
    without = sum(len(detect(pixels, detector)) for pixels in empty)
    took = 1000 * float(np.median(spent))
    poorest = ", ".join(f"{name} {np.mean(each):.2f}" for name, each in hits.items() if np.mean(each) < 1)
    return [
        (f"faces found in scenes: {share:.3f}; {poorest or 'all'}", share >= LEAST_FOUND),
        (f"faces of 24 px found: {small:.2f}", small >= LEAST_FOUND),
        (f"false boxes per 100 scenes: {per_100:.1f}", per_100 <= MOST_FALSE),
        (f"boxes in {len(empty)} pictures without a face: {without}", without == 0),
        (f"milliseconds to look at 640 x 480: {took:.0f}", took <= MOST_MS),
    ]


def collage(faces: Sequence[Path], side: int = 128) -> Pixels:
    """Return 40 faces in one picture of 8 by 5."""
    tiles = [np.asarray(Image.open(path).convert("RGB").resize((side, side))) for path in faces]
    return np.concatenate([np.concatenate(tiles[row * 8 : row * 8 + 8], 1) for row in range(5)])


def _clip(path: Path, face: Path, apart: int) -> Path:
    """Write a clip in which a face moves from left to right, and return its path."""
    tile = Image.open(face).convert("RGB").resize((400, 400))
    behind = Image.effect_noise(CLIP_SIZE, 20).convert("RGB")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=CLIP_RATE, options={"preset": "veryfast"})
        stream.width, stream.height = CLIP_SIZE
        stream.pix_fmt, stream.codec_context.gop_size = "yuv420p", apart
        for number in range(CLIP_S * CLIP_RATE):
            behind.paste(tile, (number % 800, 160))
            frame = av.VideoFrame.from_ndarray(np.asarray(behind))
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _judge_file(predictor: ImpressionPredictor, data: bytes) -> None:
    predictor.predict([_decoded(data)])


def _decoded(data: bytes) -> Shown:
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (1280, 1280))
    return Shown(np.asarray(image.convert("RGB")))


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _milliseconds(act: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Return the processor's median milliseconds for what an act does."""
    act()
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        act()
        spent.append(time.process_time() - started)
    return 1000 * float(np.median(spent))


if __name__ == "__main__":
    sys.exit(main())
