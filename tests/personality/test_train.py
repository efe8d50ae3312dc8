"""`flask train personality` fits on any folder of pictures and a CSV of traits."""

from __future__ import annotations

import csv
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.personality.pictures import encoded, quarters
from tests.personality.test_explain import IMAGES
from workers.personality import dataset, train
from workers.personality.dataset import DataError
from workers.personality.faces import TRAITS
from workers.personality.predictor import ImpressionPredictor
from workers.personality.samples import read

FACES = 12


def table(path, rows, columns=("file", *TRAITS)):
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])


@pytest.mark.skipif(not IMAGES.is_dir(), reason="the faces' licence keeps them out of the project")
@pytest.mark.slow("trains a model")
def test_a_folder_of_pictures_and_traits_becomes_a_version(tmp_path):
    data, folder = tmp_path / "data", tmp_path / "own-fast"
    data.mkdir()
    folder.mkdir()
    rng = np.random.default_rng(3)
    rows = []
    for number, path in enumerate(sorted(IMAGES.glob("*.jpg"))[:FACES]):
        shutil.copy(path, data / f"{number}.jpg")
        rows.append([f"{number}.jpg", *rng.uniform(0.3, 0.7, 5).round(3), f"person {number // 2}"])
    table(data / "traits.csv", rows, ("file", *TRAITS, "subject"))
    figures = train.train(data, folder)
    assert (figures["faces"], set(figures["r"]), set(figures["accuracy_constant"])) == (
        FACES, {"mean", *TRAITS}, {"mean", *TRAITS},
    )  # fmt: skip
    predictor = ImpressionPredictor.load(folder)
    assert predictor.card.version == "own-fast"
    assert predictor.card.data["faces"] == FACES
    [[face]] = predictor.predict([read(data / "0.jpg")])
    assert all(0.2 <= trait <= 0.8 for trait in face.traits)


def test_one_subject_is_never_in_two_folds(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(quarters(), "PNG"))
    rows = [["a.png", *[number / 70] * 5, f"person {number % 7}"] for number in range(70)]
    table(tmp_path / "traits.csv", rows, ("file", *TRAITS, "subject"))
    rated = dataset.load(tmp_path)
    folds = rated.folds()
    assert len(set(folds)) > 1
    assert all(len({fold for fold, who in zip(folds, rated.subjects, strict=True) if who == each}) == 1
               for each in set(rated.subjects))  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["a.png", 0.5, 0.5, 0.5, 0.5, "high"], "row 1: neuroticism is 'high'"),
        (["a.png", 0.5, 0.5, 0.5, 0.5, -1], "row 1: neuroticism is '-1'"),
        (["a.png", 0.5, 0.5, 0.5, 0.5, "nan"], "row 1: neuroticism is 'nan'"),
        (["b.png", 0.5, 0.5, 0.5, 0.5, 0.5], "no such picture"),
        (["a.png", 0.5, 0.5, 0.5, 0.5, 0.5], "openness is the same in all 1 rows"),
    ],
)
def test_what_cannot_be_fitted_on_is_named(tmp_path, row, reason):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    table(tmp_path / "traits.csv", [row])
    with pytest.raises(DataError, match=reason):
        dataset.load(tmp_path)


def test_a_folder_without_a_table_says_which_columns_it_needs(tmp_path):
    with pytest.raises(DataError, match="openness, conscientiousness"):
        dataset.load(tmp_path)
