"""What an overlay marks moves the trait, and drawing one leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from tests.personality.faces import SHARED
from workers.personality import explain
from workers.personality.crops import face_crop
from workers.personality.detect import detect, retinaface
from workers.personality.faces import TRAITS
from workers.personality.models import load_model
from workers.sdk.weights import live_folder, read_checked

IMAGES = SHARED / "data" / "personality" / "omi" / "images"
FACES, SHARE, GAIN = 40, 0.2, 1.5
GREY = 128
CALLS, WARM, GROWN_BYTES = 200, 20, 20_000_000

pytestmark = pytest.mark.skipif(
    not IMAGES.is_dir(), reason="the faces' licence keeps them out of the project"
)


def crop_of(path: Path) -> np.ndarray:
    pixels = np.asarray(Image.open(path).convert("RGB"))
    return face_crop(pixels, detect(pixels, retinaface())[0])


@pytest.fixture(scope="module")
def model():
    folder = live_folder("personality")
    return load_model(folder, read_checked(folder))


@pytest.fixture(scope="module")
def crops():
    return [crop_of(path) for path in sorted(IMAGES.glob("*.jpg"))[::19][:FACES]]


def greyed(crop: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return a crop with the first fifth of its pixels, in an order, in grey."""
    flat = crop.reshape(-1, 3).copy()
    flat[order[: round(len(flat) * SHARE)]] = GREY
    return flat.reshape(crop.shape)


def blocks(rng: np.random.Generator, side: int) -> np.ndarray:
    """Return the pixels of a crop in the order of smooth noise: as connected as a map's own."""
    coarse = Image.fromarray(rng.random((8, 8), np.float32)).resize((side, side), Image.Resampling.BILINEAR)
    return np.argsort(-np.asarray(coarse).ravel())


def test_the_maps_of_two_traits_differ(model, crops):
    smile, nerves = (explain.heat_map(model, crops[0], trait) for trait in ("extraversion", "agreeableness"))
    assert not np.array_equal(smile, nerves)


@pytest.mark.slow("explains forty faces")
@pytest.mark.parametrize("connected", [False, True], ids=["pixels", "patches"])
def test_greying_what_is_marked_moves_the_trait_further_than_greying_anything_else(model, crops, connected):
    rng = np.random.default_rng(0)
    marked, others = [], []
    for crop in crops:
        side = len(crop)
        chance = blocks(rng, side) if connected else rng.permutation(side * side)
        maps = [np.argsort(-explain.heat_map(model, crop, trait).ravel()) for trait in TRAITS]
        views = [crop, greyed(crop, chance), *(greyed(crop, each) for each in maps)]
        plain, random, *cut = model.judge(views, views=1, mirrored=False, embedded=False).values
        others.append(np.abs(random - plain))
        marked.append([abs(each[i] - plain[i]) for i, each in enumerate(cut)])
    assert np.mean(marked) >= GAIN * np.mean(others)


@pytest.mark.slow("draws two hundred overlays")
def test_two_hundred_overlays_leave_no_memory_behind(model, crops):
    process, sizes = psutil.Process(), []
    for number in range(CALLS):
        heat = explain.heat_map(model, crops[number % 5], TRAITS[number % 5])
        explain.overlay(crops[number % 5], heat)
        sizes.append(process.memory_info().rss)
    assert sizes[-1] - sizes[WARM - 1] < GROWN_BYTES
