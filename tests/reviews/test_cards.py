"""Which languages `flask train reviews` need not train anew."""

from __future__ import annotations

import gzip

import pytest

from workers.reviews.training import cards
from workers.sdk.weights import file_sha256, write_card


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("train_ko.jsonl.gz", "train_ko_kote.jsonl.gz", "train_en.jsonl.gz"):
        (folder / name).write_bytes(gzip.compress(name.encode()))
    return folder


@pytest.fixture
def folder(tmp_path, data):
    """A folder of Korean weights with its card."""
    made = tmp_path / "small"
    made.mkdir()
    (made / "ko.safetensors").write_bytes(b"weights")
    sums = {path.name: file_sha256(path) for path in data.iterdir()}
    card = dict.fromkeys(("name", "version", "licence", "source", "trained_at"), "")
    described = {"files": sums, "recipes": {"ko": cards.RECIPES["ko"]}, "languages": ["ko"]}
    write_card(made, {**card, "seed": 1, "limits": [], "data": described, "metrics": {}})
    return made


def test_weights_of_the_same_data_and_recipe_are_kept(data, folder):
    assert cards.is_made(data, folder, "ko")
    assert not cards.is_made(data, folder, "en")
    assert not cards.is_made(data, folder, "ko", recipe=cards.RECIPES["ko"] + 1)
    assert not cards.is_made(data, folder.parent, "ko")


def test_other_data_of_the_language_alone_make_weights_anew(data, folder):
    (data / "train_en.jsonl.gz").write_bytes(b"other")
    assert cards.is_made(data, folder, "ko")
    (data / "train_ko_kote.jsonl.gz").write_bytes(b"other")
    assert not cards.is_made(data, folder, "ko")


def test_weights_that_are_not_those_of_the_card_are_made_anew(data, folder):
    (folder / "ko.safetensors").write_bytes(b"others")
    assert not cards.is_made(data, folder, "ko")
    (folder / "ko.safetensors").unlink()
    assert not cards.is_made(data, folder, "ko")
