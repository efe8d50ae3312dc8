"""Heads, users' checkpoints and explanations."""

from __future__ import annotations

import io
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from workers.personality import dataset, train
from workers.personality.faces import TRAITS
from workers.personality.nets import resnet
from workers.personality.predictor import ImpressionPredictor, Options
from workers.sdk.predictor import Card, NotExplainable
from workers.sdk.weights import live_folder

ROOT = Path(__file__).parents[2]
PERSONALITY = ROOT / "workers" / "personality"
ASTRONAUT = ROOT / "../shared/data/personality/faces/astronaut.jpg"
NEVER = {
    "white",
    "black",
    "asian",
    "hispanic",
    "islander",
    "native",
    "middle-eastern",
    "gay",
    "godly",
    "liberal",
    "looks-like-you",
}

needs_face = pytest.mark.skipif(not ASTRONAUT.exists(), reason="the picture of a face is not in the project")


class Picture:
    pixels = np.zeros((64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def predictor():
    return ImpressionPredictor.load(live_folder("personality"))


@pytest.fixture(scope="module")
def astronaut(predictor):
    picture = Picture()
    picture.pixels = np.asarray(Image.open(ASTRONAUT).convert("RGB"))
    [[face]] = predictor.predict([picture])
    return picture, face


def test_no_proxy_reads_race_orientation_belief_or_politics():
    used = {name.removeprefix("-") for names in dataset.PROXIES.values() for name in names}
    assert used.isdisjoint(NEVER)
    assert set(dataset.AUDITED).isdisjoint(NEVER)
    words = re.compile(rf"\b({'|'.join(NEVER - {'white', 'black', 'native'})})\b")
    sources = {path.name: path.read_text() for path in PERSONALITY.glob("*.py")}
    assert [name for name, text in sources.items() if words.search(text)] == []


def test_every_card_names_its_limits_and_passes_its_audit():
    cards = [Card.read(path) for path in (PERSONALITY / "weights").glob("*/card.toml")]
    assert {card.version for card in cards} == {"2026.11-fast", "2026.11-full"}
    for card in cards:
        limits = " ".join(card.limits)
        assert all(
            word in limits
            for word in ("5(1)(f)", "5(1)(g)", "Annex III 1(b, c)", "50(3)", "article 9", "not legal advice")
        )
        assert "CC BY-NC-SA" in card.licence
        assert card.metrics["r"]["mean"] >= 0.80
        assert card.metrics["accuracy"]["mean"] > card.metrics["accuracy_constant"]["mean"]
        assert card.metrics["audit"]["largest_gap"] <= 0.25


@needs_face
def test_answers_do_not_depend_on_the_number_of_threads_that_ask(predictor, astronaut):
    picture, face = astronaut
    alone = [predictor.overlay(picture, face, trait) for trait in TRAITS[:2]]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda trait: predictor.overlay(picture, face, trait), TRAITS[:2]))
    assert together == alone
    assert alone[0] != alone[1]


@needs_face
def test_an_overlay_is_as_large_as_the_crop_and_has_no_metadata(predictor, astronaut):
    image = Image.open(io.BytesIO(predictor.overlay(*astronaut, "extraversion")))
    assert image.size == (150, 150)
    assert image.info == {}
    with pytest.raises(ValueError, match="no trait 'beauty'"):
        predictor.overlay(*astronaut, "beauty")


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_a_checkpoint_of_the_users_own_becomes_a_version(tmp_path, name):
    torch.manual_seed(1)
    state = {f"module.{key}": value for key, value in resnet.ResNet(name).state_dict().items()}
    path, folder = tmp_path / "own.pt", tmp_path / "own"
    torch.save({"model_state_dict": state}, path)
    folder.mkdir()
    assert train.train(path, folder) == {"network": name}
    own = ImpressionPredictor.load(folder)
    [[face]] = own.predict([Picture()], Options(method="middle"))
    assert len(face.traits) == 5
    with pytest.raises(NotExplainable):
        own.overlay(Picture(), face, "openness")


def test_a_checkpoint_with_other_names_shapes_or_values_is_refused():
    state = resnet.ResNet("resnet18").state_dict()
    with pytest.raises(resnet.CheckpointError, match="names are not those"):
        resnet.build({key: value for key, value in state.items() if key != "conv1.weight"})
    with pytest.raises(resnet.CheckpointError, match=r"fc.1.weight is of shape \(7, 512\)"):
        resnet.build(state | {"fc.1.weight": torch.zeros(7, 512)})
    with pytest.raises(resnet.CheckpointError, match="not finite"):
        resnet.build(state | {"fc.1.bias": torch.full((5,), torch.nan)})


def test_a_checkpoint_that_holds_code_is_refused_and_not_run(tmp_path):
    class Planted:
        def __reduce__(self):
            return Path.touch, (tmp_path / "planted",)

    path = tmp_path / "bad.pt"
    path.write_bytes(pickle.dumps(Planted()))
    with pytest.raises(resnet.CheckpointError, match="more than tensors"):
        resnet.read_checkpoint(path)
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"words", b"\xff" * 8 + b"{}", b"\x02\0\0\0\0\0\0\0[]"],
    ids=["empty", "text", "long", "list"],
)
@pytest.mark.parametrize("ending", ["safetensors", "pt"])
def test_a_file_that_is_no_checkpoint_is_refused_in_our_words(tmp_path, content, ending):
    path = tmp_path / f"own.{ending}"
    path.write_bytes(content)
    with pytest.raises(resnet.CheckpointError, match="is no checkpoint"):
        resnet.read_checkpoint(path)


def test_a_safetensors_checkpoint_is_read(tmp_path):
    save_file(resnet.ResNet("resnet34").state_dict(), tmp_path / "own.safetensors")
    name, _ = resnet.build(resnet.read_checkpoint(tmp_path / "own.safetensors"))
    assert name == "resnet34"
