"""From a file to what is answered of it: decoding, the model, and what both left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.files.uploads.media import Family
from app.personality.frames import COUNT, Frames
from workers.personality.errors import FileError
from workers.personality.identify import identify
from workers.personality.images.decode import read_image
from workers.personality.people import Sighting, combine, tell_apart
from workers.personality.picture import Picture
from workers.personality.predictor import Options
from workers.personality.video.decode import Clip, read_video

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from workers.personality.faces import Face
    from workers.personality.predictor import ImpressionPredictor

LEAST_SIDE = 36  # pixels of a face; Azure's face service asks for as many
BLOCK_PIXELS = 16_000_000  # of pictures that go through the model together
BLOCK_FILES = 50
MOST_FACES = 100  # of a picture, the largest; Rekognition answers as many


@dataclass(frozen=True)
class How:
    """How files are looked at: the model's options, and which frames of a clip."""

    options: Options = field(default_factory=Options)
    frames: Frames = COUNT


@dataclass(frozen=True, eq=False)
class Row:
    """What is answered of one face: in a picture, in one frame of a clip, or (`time_s` None) in all of them.

    `number` counts faces, or people of a clip, from 1; 0 stands for the middle of the picture, which was
    judged without a face.
    """

    number: int
    time_s: float | None
    face: Face
    box: tuple[int, int, int, int] | None
    share: tuple[int, int] | None = None  # of the frames decoded: those with this person


@dataclass(frozen=True)
class Coverage:
    """How many positions or pictures were asked for, how many decoded, and how many had a face."""

    asked: int = 1
    decoded: int = 0
    with_face: int = 0


@dataclass(frozen=True, eq=False)
class Judgement:
    """What is answered of one file: rows, or why there are none."""

    kind: Family | None = None
    rows: tuple[Row, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    warnings: tuple[str, ...] = ()
    error: FileError | None = None
    picture: Picture | None = None  # kept for the overlay; never stored


@dataclass(frozen=True)
class Source:
    """A file and the name that its owner gave it."""

    path: Path
    name: str


@dataclass(frozen=True, eq=False)
class _Decoded:
    """A file that is ready for the model: pictures of it, or why it has none."""

    kind: Family | None
    warnings: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    clip: Clip | None = None
    error: FileError | None = None

    @property
    def pixels(self) -> int:
        """Return how many pixels the model will look at."""
        return sum(picture.pixels.shape[0] * picture.pixels.shape[1] for picture in self.pictures)


def judge_files(model: ImpressionPredictor, sources: Iterable[Source], how: How) -> Iterator[Judgement]:
    """Yield what is answered of each file, in order; pictures go through the model many at once."""
    block: list[_Decoded] = []
    for source in sources:
        block.append(decode(source, how))
        if len(block) >= BLOCK_FILES or sum(each.pixels for each in block) >= BLOCK_PIXELS:
            yield from _judge(model, block, how)
            block = []
    yield from _judge(model, block, how)


def decode(source: Source, how: How) -> _Decoded:
    """Return a file's pictures, or why it has none."""
    kind = None
    try:
        kind, warnings = identify(source.path, source.name)
        if kind.family == "image":
            picture = read_image(source.path, kind)
            return _Decoded("image", (*warnings, *picture.warnings), (picture,))
        clip = read_video(source.path, kind, how.frames)
        return _Decoded(
            "video", (*warnings, *clip.warnings), tuple(still.picture for still in clip.stills), clip
        )
    except FileError as error:
        return _Decoded(kind.family if kind else None, error=error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _Decoded(None, error=FileError("unreadable", f"the file cannot be read: {reason}"))


def _judge(model: ImpressionPredictor, block: Sequence[_Decoded], how: How) -> Iterator[Judgement]:
    """Yield what is answered of some decoded files, with one call of the model."""
    pictures = [picture for each in block for picture in each.pictures]
    options = replace(how.options, tell_apart=any(each.clip is not None for each in block))
    answers = iter(model.predict(pictures, options) if pictures else [])
    for each in block:
        faces = [next(answers) for _ in each.pictures]
        if each.error is not None:
            yield Judgement(each.kind, warnings=each.warnings, error=each.error)
        elif each.clip is not None:
            yield _of_clip(each, each.clip, faces)
        else:
            yield _of_picture(each, faces[0])


def _of_picture(decoded: _Decoded, faces: Sequence[Face]) -> Judgement:
    """Return what is answered of a picture's faces."""
    picture = decoded.pictures[0]
    large = [face for face in faces if not face.too_small][:MOST_FACES]
    coverage = Coverage(1, 1, int(bool(large)))
    warnings = (*decoded.warnings, *_left_out(faces, large))
    if not large:
        return Judgement(
            "image", (), coverage, decoded.warnings, _no_face(len(faces), "the picture"), picture
        )
    with_box = [face for face in large if face.box is not None]
    rows = [Row(number, None, face, _shown(face, picture)) for number, face in enumerate(with_box, 1)]
    rows += [Row(0, None, face, None) for face in large if face.box is None]
    return Judgement("image", tuple(rows), coverage, warnings, picture=picture)


def _of_clip(decoded: _Decoded, clip: Clip, faces: Sequence[Sequence[Face]]) -> Judgement:
    """Return what is answered of a clip: who is seen most over all frames, then each person frame by frame.

    Different people are never averaged: the others stand in the rows of their frames alone.
    """
    stills = [
        [Sighting(number, face, still.positions) for face in each if not face.too_small]
        for number, (still, each) in enumerate(zip(clip.stills, faces, strict=True))
    ]
    coverage = Coverage(clip.asked, len(stills), sum(bool(each) for each in stills))
    people = tell_apart(stills)
    if not people:
        small = sum(map(len, faces))
        error = _no_face(small, f"the {len(stills)} frames looked at")
        return Judgement("video", (), coverage, decoded.warnings, error)
    most = max(people, key=lambda person: len(person.sightings))
    people = [most, *(person for person in people if person is not most)]
    rows = [Row(1, None, combine(most), None, (len(most.sightings), len(stills)))]
    for number, person in enumerate(people, 1):
        for sighting in person.sightings:
            still = clip.stills[sighting.still]
            rows.append(Row(number, still.time_s, sighting.face, _shown(sighting.face, still.picture)))
    several = (
        (f"several_people: {len(people)} people; the clip's row is of the one who is seen most",)
        if len(people) > 1
        else ()
    )
    return Judgement("video", tuple(rows), coverage, (*decoded.warnings, *several))


def _no_face(small: int, where: str) -> FileError:
    """Return why nothing is answered where no face was large enough, with what would be right."""
    if small:
        detail = f"the largest face is less than {LEAST_SIDE} px wide; send a larger picture of it"
        return FileError("too_small", detail)
    return FileError(
        "no_face",
        f"no face of at least {LEAST_SIDE} px in {where}; `method=middle` judges the middle without one",
    )


def _left_out(faces: Sequence[Face], judged: Sequence[Face]) -> Iterator[str]:
    """Yield the warnings that some faces were too small to judge, or too many."""
    small = sum(face.too_small for face in faces)
    if small:
        yield f"too_small: {small} further faces of less than {LEAST_SIDE} px were not judged"
    if len(faces) - small > len(judged):
        yield f"too_many_faces: {len(faces) - small} faces, the {MOST_FACES} largest were judged"


def _shown(face: Face, picture: Picture) -> tuple[int, int, int, int] | None:
    """Return a face's box in displayed pixels, within the picture."""
    if face.box is None:
        return None
    height, width = picture.pixels.shape[:2]
    across, down = picture.width / width, picture.height / height
    x, y, w, h = face.box
    left, top = round(x * across), round(y * down)
    right, bottom = min(round((x + w) * across), picture.width), min(round((y + h) * down), picture.height)
    return max(left, 0), max(top, 0), max(right - left, 1), max(bottom - top, 1)


def without_picture(judgement: Judgement) -> Judgement:
    """Return an answer that does not hold on to its picture."""
    return replace(judgement, picture=None)
