"""Find faces in a picture: the detectors by name, and how each is asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from workers.personality.nets.retinaface import RetinaFace

if TYPE_CHECKING:
    from collections.abc import Sequence

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]

FIRST_SIDE, SECOND_SIDE = 640, 1280  # pixels of the longer side; the second where the first shows nothing
CLOSE_SIDE = 320  # enough where only the largest face is wanted, and it is large: a quarter of the work
CLOSE_SHARE, CLOSE_SCORE = (
    0.2,
    0.95,
)  # of the picture's longer side (64 of 320 pixels), and how sure it must be
MOST_ENLARGED = 2.0
LEAST_SIDE = 32  # pixels: the network halves the size five times
LEAST_SCORE = 0.75  # measured: of .70, .75 and .80 the least that draws no false box in the scenes
# faceless pictures score up to .92 when enlarged, faces that only the second look finds mostly above .95
SECOND_SCORE = 0.95
MOST_OVERLAP = 0.4  # of two boxes, intersection over union (RetinaFace's own)
MOST_FACES = 100  # the largest are kept (as Amazon Rekognition does)


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face: its box (x, y, w, h), not clipped, and its landmarks in pixels, shape (5, 2).

    Landmarks are both eyes from the left of the picture, tip of the nose, corners of the mouth. `head` is
    the square that it is cut out by, about the same middle but as it lies once the head is upright.
    """

    box: Box
    score: float
    landmarks: Points | None
    head: Box | None = None


Detector = Callable[[Pixels], "list[Detection]"]


def detect(pixels: Pixels, detector: Detector, *, largest: bool = False) -> list[Detection]:
    """Return the faces of an RGB picture (h, w, 3), largest first, in its pixels; maybe the `largest` alone.

    The picture is looked at with 640 pixels along its longer side, and where
    that shows nothing once more with 1280.
    """
    close = _close(pixels, detector) if largest else None
    if close is not None:
        return [close]
    faces = _look(pixels, detector, FIRST_SIDE, enlarge=1.0)
    if not faces:
        second = _look(pixels, detector, SECOND_SIDE, enlarge=MOST_ENLARGED)
        faces = [face for face in second if face.score >= SECOND_SCORE]
    ranked = sorted(faces, key=lambda each: -area(clipped(each.box, pixels.shape)))
    return ranked[:MOST_FACES]


def _close(pixels: Pixels, detector: Detector) -> Detection | None:
    """Return the largest face where a glance shows one that is plainly large, else None."""
    longest = max(pixels.shape[:2])
    if longest <= CLOSE_SIDE:
        return None
    faces = [each for each in _look(pixels, detector, CLOSE_SIDE, enlarge=1.0) if each.landmarks is not None]
    top = max(faces, key=lambda each: area(clipped(each.box, pixels.shape)), default=None)
    if top is None or top.score < CLOSE_SCORE or max(top.box[2:]) < CLOSE_SHARE * longest:
        return None
    return top


def clipped(box: Box, shape: Sequence[int]) -> Box:
    """Return the part of a box that lies in a picture of shape (h, w, ...)."""
    x, y, w, h = box
    left, top = max(x, 0.0), max(y, 0.0)
    return left, top, max(min(x + w, shape[1]) - left, 0.0), max(min(y + h, shape[0]) - top, 0.0)


def area(box: Box) -> float:
    """Return a box's area in pixels."""
    return box[2] * box[3]


def _look(pixels: Pixels, detector: Detector, side: int, *, enlarge: float) -> list[Detection]:
    """Return what a detector sees at one size, in pixels of the picture itself."""
    height, width = pixels.shape[:2]
    ratio = min(side / max(height, width), enlarge)
    size = max(round(width * ratio), 1), max(round(height * ratio), 1)
    seen = pixels
    if size != (width, height):
        seen = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    across, down = width / size[0], height / size[1]
    faces = (_scaled(each, across, down) for each in detector(_padded(seen)))
    return [each for each in faces if area(clipped(each.box, pixels.shape)) > 0]


def _padded(pixels: Pixels) -> Pixels:
    """Return a picture that is wide and high enough for the network."""
    short = [(0, max(LEAST_SIDE - side, 0)) for side in pixels.shape[:2]]
    return np.pad(pixels, [*short, (0, 0)]) if any(map(any, short)) else pixels


def _scaled(face: Detection, across: float, down: float) -> Detection:
    x, y, w, h = face.box
    marks = None if face.landmarks is None else face.landmarks * np.array([across, down], np.float32)
    return Detection((x * across, y * down, w * across, h * down), face.score, marks)


@cache
def retinaface() -> Detector:
    """Return the default detector."""
    network = RetinaFace.load()

    def run(pixels: Pixels) -> list[Detection]:
        scores, boxes, marks = (part[0] for part in network(pixels[None]))
        likely = np.flatnonzero(scores > LEAST_SCORE)
        kept = likely[_distinct(boxes[likely], scores[likely])]
        return [_detection(boxes[i], scores[i], marks[i]) for i in kept]

    return run


def _detection(box: Points, score: np.float32, marks: Points) -> Detection:
    x, y, w, h = box.tolist()
    return Detection((x, y, w, h), float(score), marks)


def _distinct(boxes: Points, scores: Points) -> list[int]:
    """Return the indexes of the boxes that no better one covers, best first."""
    corner, sizes = boxes[:, :2] + boxes[:, 2:], boxes[:, 2] * boxes[:, 3]
    rest, kept = np.argsort(-scores, kind="stable"), []
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(int(best))
        common = np.minimum(corner[rest], corner[best]) - np.maximum(boxes[rest, :2], boxes[best, :2])
        shared = np.maximum(common, 0).prod(1)
        rest = rest[shared / (sizes[rest] + sizes[best] - shared) <= MOST_OVERLAP]
    return kept


def haar() -> Detector:
    """Return OpenCV's frontal-face cascade (Viola and Jones 2001).

    Raises:
        ValueError: the optional package opencv-python-headless < 5 is not installed.

    """
    try:
        import cv2.data  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise ValueError("the detector haar needs OpenCV: pip install -r requirements-haar.txt") from None
    cv2.setNumThreads(0)  # a forked child would wait for its parent's threads
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")

    def run(pixels: Pixels) -> list[Detection]:
        grey = cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
        boxes = cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(20, 20))
        return [Detection((float(x), float(y), float(w), float(h)), 1.0, None) for x, y, w, h in boxes]

    return run


DETECTORS: Mapping[str, Callable[[], Detector]] = {"haar": haar, "retinaface": retinaface}
DEFAULT = "retinaface"


def roll_deg(landmarks: Points) -> float:
    """Return how far a head is tilted, degrees clockwise, by the line between its eyes."""
    dx, dy = (landmarks[1] - landmarks[0]).tolist()
    return math.degrees(math.atan2(dy, dx))
