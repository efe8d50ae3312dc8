"""Faces are found where they are, and judged alike however they come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workers.personality.faces import TRAITS
from workers.personality.predictor import ImpressionPredictor, Options
from workers.sdk.weights import live_folder

ASTRONAUT = Path(__file__).parents[2] / "../shared/data/personality/faces/astronaut.jpg"

pytestmark = pytest.mark.skipif(not ASTRONAUT.exists(), reason="the picture of a face is not in the project")


@dataclass
class Picture:
    pixels: np.ndarray


@pytest.fixture(scope="module")
def predictor():
    return ImpressionPredictor.load(live_folder("personality"))


@pytest.fixture(scope="module")
def astronaut():
    return Picture(np.asarray(Image.open(ASTRONAUT).convert("RGB")))


def test_a_face_has_a_box_in_the_picture_and_five_traits(predictor, astronaut):
    [[face]] = predictor.predict([astronaut])
    x, y, w, h = face.box
    assert 150 < x < 200 and 40 < y < 80 and 80 < w < 120 and 100 < h < 140  # noqa: PT018
    assert len(face.traits) == len(TRAITS)
    assert all(
        0 <= low <= trait <= high <= 1 for trait, (low, high) in zip(face.traits, face.interval, strict=True)
    )


def test_a_picture_without_a_face_has_none_unless_its_middle_is_asked_for(predictor):
    empty = Picture(np.full((300, 400, 3), 127, np.uint8))
    assert predictor.predict([empty]) == [[]]
    [[middle]] = predictor.predict([empty], Options(method="middle"))
    assert middle.box is None


def test_the_smallest_pictures_have_no_face(predictor):
    shapes = [(1, 1), (1, 3000), (3000, 1), (3, 20000)]
    assert predictor.predict([Picture(np.zeros((*shape, 3), np.uint8)) for shape in shapes]) == [[]] * 4


def test_a_face_is_judged_alike_alone_and_among_others(predictor, astronaut):
    mirrored = Picture(np.ascontiguousarray(astronaut.pixels[:, ::-1]))
    [[alone]] = predictor.predict([astronaut])
    [[first], [second]] = predictor.predict([astronaut, mirrored])
    assert first.traits == pytest.approx(alone.traits, abs=1e-3)
    assert second.traits == pytest.approx(alone.traits, abs=0.02)


def test_only_a_clips_faces_can_be_told_apart(predictor, astronaut):
    [[face]] = predictor.predict([astronaut])
    [[of_clip]] = predictor.predict([astronaut], Options(tell_apart=True))
    assert face.embedding.size == 0
    assert np.linalg.norm(of_clip.embedding) == pytest.approx(1, abs=1e-4)
    assert of_clip.traits == face.traits


def test_the_cascade_of_opencv_finds_the_face_too(predictor, astronaut):
    pytest.importorskip("cv2")
    [[face]] = predictor.predict([astronaut])
    [[other]] = ImpressionPredictor.load(live_folder("personality"), detector="haar").predict([astronaut])
    assert other.landmarks is None
    assert other.box == pytest.approx(face.box, abs=40)
    assert other.traits == pytest.approx(face.traits, abs=0.15)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_face_is_turned_upright(predictor, astronaut, turns):
    [[upright]] = predictor.predict([astronaut])
    [[turned]] = predictor.predict([Picture(np.ascontiguousarray(np.rot90(astronaut.pixels, turns)))])
    assert turned.traits == pytest.approx(upright.traits, abs=0.08)
