"""An Apple Health export, read as it streams by: `read_xml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.mood.reading import dates
from workers.mood.reading.errors import NotAnExport
from workers.mood.reading.exact import TAG, Tokens
from workers.mood.reading.kinds import MEASURES
from workers.mood.reading.moods import mood_of
from workers.mood.reading.tags import attributes, columns, find_tags, is_plain_without
from workers.mood.reading.texts import Remembered, Texts, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from workers.mood.reading.exact import Tag
    from workers.mood.reading.kinds import Kind
    from workers.mood.reading.moods import Mood
    from workers.mood.reading.records import Collector
    from workers.mood.reading.sources import Sources
    from workers.mood.reading.tags import Ints, Tags

MOST_HELD_BYTES = 4_000_000  # of a record whose children do not end
MOST_NEEDLES = 2
ZONE = b"HKTimeZone"
USUAL_ZONE = re.compile(rb'<MetadataEntry key="HKTimeZone" value="([^"<&]+)"')
INSIDE = re.compile(rb"</?(?:MetadataEntry|HeartRateVariabilityMetadataList|InstantaneousBeatsPerMinute)\b")
RECORD, MOOD, END = b"Record", b"StateOfMind", b"/HealthData"
MOOD_WORD = np.uint64(int.from_bytes(b"<StateOf", "little"))


@dataclass
class Head:
    """What an export says of itself."""

    locale: str | None = None
    exported_at: dates.Moment | None = None
    has_root: bool = False
    is_whole: bool = False


class XmlReader:
    """Takes an export in chunks and hands its records on."""

    def __init__(
        self,
        collector: Collector,
        sources: Sources,
        wanted: Collection[Kind],
        moods: list[Mood],
    ) -> None:
        self.head = Head()
        self._collector = collector
        self._texts = Texts(sources, wanted)
        self._needles = _needles(wanted)
        self._zone_numbers = Remembered(lambda raw: collector.zone_number(text_of(raw)))
        self._moods = moods
        self._tokens = Tokens()
        self._held = b""
        self._is_first = True

    def read(self, chunks: Iterable[bytes], progress: Callable[[int], None] | None = None) -> None:
        """Read all chunks of one export.

        Raises:
            NotAnExport: it has no element HealthData.
            BrokenExport: it cannot be read; the message names the byte.

        """
        seen = 0
        for chunk in chunks:
            self._take(self._held + chunk, final=False)
            seen += len(chunk)
            if progress is not None:
                progress(seen)
        self._take(self._held, final=True)
        if not self.head.has_root:
            raise NotAnExport(
                "not_a_health_export",
                "The XML has no element HealthData, which an export of Apple Health has.",
            )

    def _take(self, data: bytes, *, final: bool) -> None:
        done = self._take_fast(data) if not final and self._may_be_fast() else None
        if done is None:
            done = self._take_exact(data, final=final)
        self._is_first = False
        self._held = data[done:]
        self._tokens.offset += done

    def _may_be_fast(self) -> bool:
        return not self._is_first and self._tokens.ending is None

    def _take_fast(self, data: bytes) -> int | None:
        """Take a chunk of plain tags; return how much of it is done, None where it is not one."""
        last = data.rfind(b"<Record ")
        if last > 0 and self._needles and is_plain_without(data, self._needles, last):
            return last
        tags = find_tags(data)
        if tags is None:
            return None
        records = tags.records()
        until = len(tags.tags) - 1
        if len(records) and records[-1] > 0 and len(data) - tags.tags[records[-1]] < MOST_HELD_BYTES:
            until = int(records[-1])
        self._note_marks(tags, until)
        self._hand_on(tags, records[records < until])
        done = int(tags.tags[until])
        return done or None

    def _note_marks(self, tags: Tags, until: int) -> None:
        words = tags.first_words()[:until]
        for index in np.flatnonzero(words == MOOD_WORD).tolist():
            tag = tags.data[tags.tags[index] : tags.tags[index + 1]]
            if tag[1 : len(MOOD) + 1] == MOOD:
                self._add_mood(attributes(tag))
        self.head.is_whole |= bool((words == np.uint64(int.from_bytes(b"</Health", "little"))).any())

    def _hand_on(self, tags: Tags, records: Ints) -> None:
        zones = self._zones_of(tags)
        for part in columns(tags, records):
            if isinstance(part, np.ndarray):
                batch = self._texts.of_attributes(
                    [(attributes(_body_at(tags, index)), zones.get(index, 0)) for index in part.tolist()]
                )
            else:
                batch = self._texts.of_columns(tags, part, zones)
            if batch is not None:
                self._collector.add(batch)

    def _zones_of(self, tags: Tags) -> dict[int, int]:
        """Return the number of the time zone of each record that names one, by its tag's index."""
        if ZONE not in tags.data:
            return {}
        usual = list(USUAL_ZONE.finditer(tags.data))
        if len(usual) == tags.data.count(ZONE):
            return self._usual_zones(tags, usual)
        zones: dict[int, int] = {}
        place = tags.data.find(ZONE)
        while place >= 0:
            index = int(np.searchsorted(tags.tags, place, side="right")) - 1
            parent = _parent_of(tags, index)
            if parent is not None:
                values = attributes(_tag_at(tags, index))
                if values.get(b"key") == ZONE and values.get(b"value"):
                    zones[parent] = self._collector.zone_number(text_of(values[b"value"]))
            place = tags.data.find(ZONE, place + len(ZONE))
        return zones

    def _usual_zones(self, tags: Tags, usual: list[re.Match[bytes]]) -> dict[int, int]:
        """Return the zones that stand as Apple writes them, most of them right behind their records."""
        if not usual:
            return {}
        data = tags.data
        indexes = np.searchsorted(tags.tags, [match.start() for match in usual])
        before = tags.tags[np.maximum(indexes - 1, 0)].tolist()
        zones: dict[int, int] = {}
        for match, index, place in zip(usual, indexes.tolist(), before, strict=True):
            parent: int | None = index - 1
            end = data.rfind(b">", place, match.start())
            if not data.startswith(b"<Record ", place) or data[end - 1 : end] == b"/":
                parent = _parent_of(tags, index)
            if parent is not None:
                zones[parent] = self._zone_numbers[match[1]]
        return zones

    def _take_exact(self, data: bytes, *, final: bool) -> int:
        """Take a chunk token by token; return how much of it is done."""
        records = _OpenRecords()
        for tag in self._tokens.tags(data):
            if records.take(tag):
                continue
            self._note(tag)
        done = self._tokens.consumed
        opened = records.opened_at
        waits = not final and self._tokens.ending is None and len(data) < MOST_HELD_BYTES
        if opened and waits:
            done = opened  # its children may follow
        else:
            records.close()
        named = [
            (values, self._collector.zone_number(text_of(zone)) if zone else 0)
            for values, zone in records.read
        ]
        batch = self._texts.of_attributes(named)
        if batch is not None:
            self._collector.add(batch)
        return done

    def _note(self, tag: Tag) -> None:
        """Note what an element that is no record says."""
        if tag.name == b"HealthData":
            self.head.has_root = True
            self.head.locale = text_of(attributes(tag.body).get(b"locale", b"")) or None
        elif tag.name == b"ExportDate" and self.head.exported_at is None:
            self.head.exported_at = dates.read_one(text_of(attributes(tag.body).get(b"value", b"")))
            if self.head.exported_at is not None:
                self._collector.latest = self.head.exported_at.instant
        elif tag.name == MOOD:
            self._add_mood(attributes(tag.body))
        elif tag.name == END:
            self.head.is_whole = True

    def _add_mood(self, values: dict[bytes, bytes]) -> None:
        mood = mood_of({name.decode("utf-8", "replace"): text_of(value) for name, value in values.items()})
        if mood is not None:
            self._moods.append(mood)


def _needles(wanted: Collection[Kind]) -> tuple[bytes, ...]:
    """Return texts of which a chunk that is of use has one; none where many kinds are wanted."""
    if len(wanted) > MOST_NEEDLES:
        return ()
    return (*(MEASURES[kind].apple.encode() for kind in wanted), b"<StateOfMind", b"</HealthData")


class _OpenRecords:
    """Gathers the records among some tags, each with the time zone that a child of it names."""

    def __init__(self) -> None:
        self.read: list[tuple[dict[bytes, bytes], bytes]] = []
        self.opened_at: int | None = None
        self._opened: dict[bytes, bytes] = {}
        self._zone = b""

    def take(self, tag: Tag) -> bool:
        """Take a tag that is a record's or stands in one; return whether it does."""
        if self.opened_at is not None and not INSIDE.match(b"<" + tag.name):
            self.close()
        if tag.name == RECORD:
            self.opened_at, self._opened = tag.start, attributes(tag.body)
            if tag.is_closed:
                self.close()
            return True
        if self.opened_at is not None and tag.name == b"MetadataEntry":
            values = attributes(tag.body)
            if values.get(b"key") == ZONE:
                self._zone = values.get(b"value", b"")
        return self.opened_at is not None

    def close(self) -> None:
        """End the open record, if there is one."""
        if self.opened_at is not None:
            self.read.append((self._opened, self._zone))
        self.opened_at, self._zone = None, b""


def _tag_at(tags: Tags, index: int) -> bytes:
    end = tags.tags[index + 1] if index + 1 < len(tags.tags) else len(tags.data)
    return tags.data[tags.tags[index] : end]


def _body_at(tags: Tags, index: int) -> bytes:
    """Return a tag without the text that follows it."""
    match = TAG.match(tags.data, int(tags.tags[index]))
    return match[2] if match else _tag_at(tags, index)


def _parent_of(tags: Tags, index: int) -> int | None:
    """Return the index of the open record around a tag, None where there is none."""
    if not tags.data.startswith(b"<MetadataEntry", tags.tags[index]):
        return None
    for earlier in range(index - 1, -1, -1):
        place = int(tags.tags[earlier])
        if not INSIDE.match(tags.data, place):
            is_record = tags.data.startswith(b"<Record", place)
            return earlier if is_record and not _tag_at(tags, earlier).rstrip().endswith(b"/>") else None
    return None
