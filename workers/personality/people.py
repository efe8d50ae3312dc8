"""Tell the people of a clip apart, and put the frames of each together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from workers.personality.faces import TRAITS, Face, same_person

if TYPE_CHECKING:
    from numpy.typing import NDArray

Z90 = 1.645  # of the normal distribution: half of a 90 % interval in standard deviations
SHARE = 0.5  # of a person's frames: a word said of at least so many is said of all
DIGITS = 4


@dataclass(frozen=True, eq=False)
class Sighting:
    """One face of one frame; `positions` counts what was asked for that the frame stands for."""

    still: int
    face: Face
    positions: int


@dataclass(eq=False)
class Person:
    """The sightings of one person, in order."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def positions(self) -> int:
        """Return how many of the positions asked for show this person."""
        return sum(sighting.positions for sighting in self.sightings)

    def is_of(self, face: Face) -> bool:
        """Say whether a face is this person's, by the mean of those seen before."""
        seen = np.mean([sighting.face.embedding for sighting in self.sightings], axis=0)
        return same_person(seen.astype(np.float32), face.embedding)

    def was_in(self, still: int) -> bool:
        """Say whether this person has a face in a frame already: nobody has two."""
        return self.sightings[-1].still == still


def tell_apart(stills: Sequence[Sequence[Sighting]]) -> list[Person]:
    """Return the people in some frames, first those seen at most positions."""
    people: list[Person] = []
    for sightings in stills:
        for sighting in sightings:
            candidates = (each for each in people if not each.was_in(sighting.still))
            person = next((each for each in candidates if each.is_of(sighting.face)), None)
            if person is None:
                person = Person()
                people.append(person)
            person.sightings.append(sighting)
    return sorted(people, key=lambda person: -person.positions)


def combine(person: Person) -> Face:
    """Return one face for all frames of a person.

    Traits are means over the positions asked for. The intervals' half width is the frames' own, which
    is the model's error and does not shrink with frames, widened by how far the frames differ.
    """
    faces = [sighting.face for sighting in person.sightings]
    weights = np.array([sighting.positions for sighting in person.sightings], dtype=float)
    traits = np.array([face.traits for face in faces])  # (n, 5)
    mean = np.average(traits, axis=0, weights=weights)
    half = _half_widths(faces, np.sqrt(np.average((traits - mean) ** 2, axis=0, weights=weights)))
    t_scores = np.average([face.t_scores for face in faces], axis=0, weights=weights)
    low, high = np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1)
    return replace(
        faces[0],
        box=None,
        landmarks=None,
        score=max(face.score for face in faces),
        traits=_rounded(mean),
        interval=tuple(zip(_rounded(low), _rounded(high), strict=True)),
        t_scores=tuple(t_scores.round(1).tolist()),
        uncertainty=round(float(half.mean()), DIGITS),
        quality=_mean_quality(faces),
        quality_words=_common([face.quality_words for face in faces]),
        warnings=_common([face.warnings for face in faces]),
    )


def _half_widths(faces: Sequence[Face], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the half widths of the intervals around the mean, for each of the five traits."""
    own = np.array([[(high - low) / 2 for low, high in face.interval] for face in faces])  # (n, 5)
    return np.asarray(np.hypot(own.mean(axis=0), Z90 * spread).reshape(len(TRAITS)))


def _mean_quality(faces: Sequence[Face]) -> dict[str, float | None]:
    """Return the mean of each figure over the frames that have it."""
    means: dict[str, float | None] = {}
    for name in faces[0].quality:
        values = [value for face in faces if (value := face.quality[name]) is not None]
        means[name] = round(float(np.mean(values)), DIGITS) if values else None
    return means


def _common(words: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the words that are said of most frames."""
    distinct = dict.fromkeys(word for each in words for word in each)
    return tuple(word for word in distinct if sum(word in each for each in words) >= SHARE * len(words))


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(values.round(DIGITS).tolist())
