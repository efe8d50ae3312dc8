"""`python -m bench.faces DATA`: how fast faces are judged on one core, and how well they are found in scenes.

DATA is a folder with pictures of faces, such as One Million Impressions. With `--backgrounds`, a folder
of pictures without faces (skimage/data of the scikit-image wheel), faces are put into those under 19
conditions and looked for.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["OMP_NUM_THREADS"] = "1"  # one core, before torch is loaded

import numpy as np
from PIL import Image

from bench.scenes import CONDITIONS, backgrounds, scenes
from workers.personality.detect import DEFAULT, DETECTORS, Detector, detect
from workers.personality.predictor import ImpressionPredictor, Options
from workers.sdk.weights import live_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.personality.detect import Pixels

ROUNDS = 15
TARGETS_MS = {"640-px image": 80.0, "12 MP JPEG": 130.0}
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
    options = parser.parse_args()
    faces = [path for path in sorted(options.data.rglob("*.jpg")) if path.parent.name == "images"]
    if not faces:
        sys.exit(f"bench: no images/*.jpg below {options.data}")
    lines = speeds(faces)
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
