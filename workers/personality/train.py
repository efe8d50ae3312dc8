"""Fit the head on rated pictures, measure it on faces that it has not seen, and write weights and card.

A version called ...-fast reads two networks, others three. Given a checkpoint of a ResNet instead of a
folder, the version is that network: checked, kept as safetensors, and not measured.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from safetensors.torch import save_file

from workers.personality import dataset
from workers.personality.assess import assess
from workers.personality.dataset import Rated
from workers.personality.evaluate import TRAINED_FILE, evaluate, name_of
from workers.personality.features import GROUPS
from workers.personality.head import Norms
from workers.personality.models import CHECKPOINT_FILE
from workers.personality.nets import resnet
from workers.personality.nets.tensors import path_of
from workers.personality.samples import Shown, show
from workers.sdk.weights import file_sha256, statements, write_card

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["VERSION", "evaluate", "train"]

VERSION = "2026.11-full"
FAST = "-fast"
SEED = 0  # drawn from: the name of each picture's file
CHECKPOINTS = {".pt", ".pth", ".safetensors"}
LICENCE = (
    "Head: CC BY-NC-SA 4.0, as One Million Impressions, on which it is fitted: not for commercial use,"
    " and not under the code's licence. Networks below it: MIT, see ../nets/."
)
SOURCE = "One Million Impressions (Peterson et al. 2022, PNAS 119(17) e2115228119): synthetic faces"
LIMITS = (
    "Answers are strangers' impressions of synthetic faces (StyleGAN2): no one knows a character by them.",
    "No Big Five was measured. Openness is (memorable + smart) / 2, agreeableness is trustworthy.",
    "Conscientiousness is (well-groomed + alert) / 2, extraversion outgoing.",
    "Neuroticism is 1 - (happy + alert) / 2, all by about 32 raters each; how others rate is not known.",
    "Extraversion and neuroticism mostly tell the smile: raters' own r with happy is .93 and -.97.",
    "Gender, age and skin were audited by raters' means; race and disability were not.",
    "Photographs of living people were not tested: the figures are those of synthetic portraits.",
    "Refused: use for hiring, work, education, credit, insurance, policing, migration or dating.",
    "What follows is not legal advice. EU AI Act, article 5(1)(f): no emotions read at work or in schools.",
    "Article 5(1)(g): no sorting by race, politics, beliefs or orientation out of biometrics.",
    "Annex III 1(b, c): sorting by other traits, or reading emotions, out of biometrics is high-risk.",
    "Article 50(3): people must be told that it is done to them.",
    "GDPR, article 9: faces that identify, and what is inferred of health or beliefs, are special data.",
)
OWN_LIMITS = ("A network of the user's own: nothing of it was measured or audited here.",)


def train(data: Path, folder: Path) -> dict[str, Any]:
    """Write weights and card into `folder` and return the card's figures."""
    if data.suffix in CHECKPOINTS:
        return _adopt(data, folder)
    groups = tuple(GROUPS)[:2] if folder.name.endswith(FAST) else tuple(GROUPS)
    rated, shown = _shown(data)
    fitted, figures = assess(rated, shown, groups)
    fitted.head.save(folder)
    fitted.norms.save(folder)
    names = sorted(map(name_of, rated.paths))
    (folder / TRAINED_FILE).write_text(json.dumps(names, indent=0), encoding="utf-8")
    networks = ["retinaface", "dlib", *(name for name in groups if name != "stages")]
    described = {
        "groups": groups,
        "faces": len(rated.paths),
        "ratings": {path.name: file_sha256(path) for path in sorted(data.rglob("*.csv"))},
        "networks": {name: file_sha256(path_of(name)) for name in networks},
    }
    write_card(folder, {**_statements(folder), "data": described, "metrics": figures})
    return figures


@cache
def _shown(data: Path) -> tuple[Rated, list[Shown]]:
    """Return the rated pictures in which there is a face, and their crops."""
    rated = dataset.load(data)
    shown = show(rated)
    return rated, shown


def _adopt(checkpoint: Path, folder: Path) -> dict[str, Any]:
    """Write a user's own network into a folder, as a version of the model."""
    name, network = resnet.build(resnet.read_checkpoint(checkpoint))
    save_file(
        {key: value.contiguous() for key, value in network.state_dict().items()}, folder / CHECKPOINT_FILE
    )
    Norms((0.5,) * 5, (0.1,) * 5, (0.25,) * 5, {}).save(folder)  # of unknown norms: wide intervals
    statements = {
        **_statements(folder),
        "licence": "as its owner says",
        "source": checkpoint.name,
        "limits": OWN_LIMITS,
        "data": {"network": name, "checkpoint": file_sha256(checkpoint)},
        "metrics": {},
    }
    write_card(folder, statements)
    return {"network": name}


def _statements(folder: Path) -> dict[str, Any]:
    return statements("personality", folder.name, licence=LICENCE, source=SOURCE, seed=SEED, limits=LIMITS)
