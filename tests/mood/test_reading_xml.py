"""Exports in every spelling that XML allows are read as lxml reads them, in whatever pieces they come."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from workers.mood.reading.apple_xml import XmlReader
from workers.mood.reading.dates import read_one
from workers.mood.reading.errors import NotAnExport
from workers.mood.reading.exact import ATTRIBUTE
from workers.mood.reading.kinds import APPLE_SLEEP, MEASURES, Kind, find_kind
from workers.mood.reading.records import Collector
from workers.mood.reading.sources import Sources, canonical
from workers.mood.reading.spill import Spill

FAR = 4_000_000_000
HEAD = b'<HealthData locale="en_GB">\n <ExportDate value="2026-09-30 10:00:00 +0200"/>\n'
TYPES = [measure.apple for measure in MEASURES.values()] + ["HKQuantityTypeIdentifierBodyMass"]
NAMES = [
    "type",
    "sourceName",
    "sourceVersion",
    "device",
    "unit",
    "creationDate",
    "startDate",
    "endDate",
    "value",
]
PLAIN = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["C", "Cs"]), max_size=12
)
JUNK = [
    '<!-- <Record type="HKQuantityTypeIdentifierStepCount"/> -->',
    "<![CDATA[ <Record type='x'/> ]]>",
    "<?note <Record?>",
    '<Workout duration="5"><MetadataEntry key="HKTimeZone" value="Asia/Seoul"/></Workout>',
    '<Records type="HKQuantityTypeIdentifierStepCount"/>',
    '<recorD type="HKQuantityTypeIdentifierStepCount"/>',
    'she said "so"',
    "it's",
    "<Note text='<!-- \"'/>".replace("<!--", "&lt;!--"),
]


def read(content, *, pieces=1 << 20, wanted=tuple(Kind)):
    """Return the records of an export that comes in pieces, and whether it was whole."""
    with Spill() as spill:
        collector, sources = Collector(spill, latest=FAR), Sources()
        reader = XmlReader(collector, sources, wanted, [])
        reader.read(content[place : place + pieces] for place in range(0, len(content), pieces))
        kept = [
            (kind, *row[["start", "end", "value"]].tolist(), canonical(sources.names[row["source"]]))
            for kind in Kind
            for bucket in spill.buckets(kind)
            for row in bucket
            if row["lead"] == 0
        ]
        ends = {(kind, start): total for kind, start, total, *_ in kept}
        assert len(ends) <= len(kept)
        return sorted((each[0], each[1], each[3], each[4]) for each in kept), collector, reader.head


def wanted_by_lxml(content):
    """Return what lxml reads of the same export."""
    rows = []
    records = 0
    for element in etree.parse(io.BytesIO(content)).iter("Record"):
        kind = find_kind(element.get("type", ""))
        if kind is None:
            continue
        records += 1
        start, end = (read_one(element.get(name, "")) for name in ("startDate", "endDate"))
        value = element.get("value", "")
        number = APPLE_SLEEP.get(value.strip()) if kind is Kind.SLEEP else float(value)
        factor = 1.0 if kind is Kind.SLEEP else MEASURES[kind].units[element.get("unit").strip()]
        rows.append((kind, start.instant, number * factor, canonical(element.get("sourceName", ""))))
        assert end.instant > start.instant
    return sorted(rows), records


@st.composite
def records(draw):
    """A record in one of the spellings that XML allows."""
    apple = draw(st.sampled_from(TYPES))
    kind = find_kind(apple)
    minute = draw(st.integers(0, 59))
    values = {
        "type": apple,
        "sourceName": draw(PLAIN),
        "sourceVersion": "10.2",
        "device": "<<HKDevice: 0x1>, name:Apple Watch>",
        "creationDate": "2024-03-02 10:00:00 +0100",
        "startDate": f"2024-03-02 {draw(st.integers(0, 22)):02}:{minute:02}:00 +0100",
        "endDate": "2024-03-02 23:59:00 +0100",
        "value": draw(st.sampled_from(list(APPLE_SLEEP)))
        if kind is Kind.SLEEP
        else draw(st.sampled_from(["1", "0.5", "12.25", "0.1000000000000000055", "1e2", "00012", "7."])),
    }
    if kind not in (Kind.SLEEP, None):
        values["unit"] = draw(st.sampled_from(sorted(unit for unit in MEASURES[kind].units if unit)))
    names = draw(st.permutations(list(values))) if draw(st.booleans()) else list(values)
    return (
        "<Record"
        + "".join(_attribute(draw, name, values[name]) for name in names)
        + draw(st.sampled_from(["/>", " />", "></Record>", '><MetadataEntry key="a" value="b"/></Record>']))
    )


def _attribute(draw, name, value):
    usual = draw(st.integers(0, 5))
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    if usual:
        return f' {name}="{text}"'
    text = text.replace("'", "&apos;").replace("0", draw(st.sampled_from(["0", "&#48;", "&#x30;"])))
    space, sign = draw(st.sampled_from([" ", "\n\t", "  "])), draw(st.sampled_from(["'", '"']))
    equals = draw(st.sampled_from(["=", " = ", "=\n"]))
    return f"{space}{name}{equals}{sign}{text}{sign}"


@given(
    st.lists(st.one_of(records(), st.sampled_from(JUNK)), max_size=25),
    st.sampled_from([61, 400, 1500, 1 << 20]),
)
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_spelling_is_read_as_lxml_reads_it(parts, pieces):
    content = HEAD + "\n".join(parts).encode() + b"\n</HealthData>\n"
    rows, collector, head = read(content, pieces=pieces)
    want, amount = wanted_by_lxml(content)
    assert collector.records == amount
    assert rows == want
    assert head.is_whole


@given(st.lists(records(), min_size=1, max_size=12), st.sampled_from([300, 1 << 20]))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_one_kind_alone_is_read_as_among_all(parts, pieces):
    content = HEAD + "\n".join(parts).encode() + b"\n</HealthData>\n"
    rows, _, _ = read(content, pieces=pieces)
    sleep, _, _ = read(content, pieces=pieces, wanted=(Kind.SLEEP,))
    assert sleep == [row for row in rows if row[0] is Kind.SLEEP]


def test_a_file_cut_at_any_byte_has_its_whole_records_and_is_not_whole():
    record = (
        ' <Record type="HKQuantityTypeIdentifierStepCount" sourceName="A" unit="count"'
        ' startDate="2024-03-02 10:00:00 +0100" endDate="2024-03-02 10:10:00 +0100" value="5"/>\n'
    )
    content = HEAD + (record * 3).encode() + b"</HealthData>\n"
    for end in range(len(content) - len("</HealthData>\n") + 1):
        part = content[:end]
        if b'<HealthData locale="en_GB">' not in part:
            with pytest.raises(NotAnExport):
                read(part, pieces=97)
            continue
        _, collector, head = read(part, pieces=97)
        assert collector.records == part.count(b"/>") - (b"<ExportDate" in part and part.count(b"/>") > 0)
        assert not head.is_whole


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_are_read(encoding, tmp_path):
    from workers.mood.reading.files import read_files

    record = (
        ' <Record type="HKQuantityTypeIdentifierStepCount" sourceName="Jürgen" unit="count"'
        ' startDate="2024-03-02 10:00:00 +0100" endDate="2024-03-02 10:10:00 +0100" value="5"/>\n'
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{HEAD.decode()}{record}</HealthData>\n'
    path = tmp_path / "export.xml"
    path.write_bytes(text.encode(encoding))
    with read_files([path]) as raw:
        assert raw.collector.records == 1
        assert raw.sources.names == ["Jürgen"]


def test_a_long_name_without_a_value_is_passed_over_at_once():
    tag = b'Record type="a" ' + b"x" * 1_000_000 + b' unit="m"'
    assert [match[1] for match in ATTRIBUTE.finditer(tag)] == [b"type", b"unit"]
