"""Read a multipart form as it streams in: its files go to the disk, nothing is held whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData

from app.files.uploads.incoming import BLOCK_BYTES, Incoming, blocks
from app.files.uploads.limits import check_size, check_system, most_bytes, shown_name
from app.files.uploads.storage import storage
from app.http.errors import AssayError, BadRequest, Invalid, LengthRequired, TooLarge, UnsupportedType

FIELD_BYTES = 1000  # of a field that is no file
MOST_SHOWN = 100  # characters of a refused value
FRAME_BYTES = 2000  # of a form for each file: boundary, headers, fields


@dataclass(frozen=True)
class Shape:
    """How a form looks: the field of its files, how many there may be, and its fields of text.

    With `each`, a file that cannot be accepted is left out instead of failing the form.
    A `system` is that of the route, where the form does not choose one. With `most_bytes`, a file may
    have so many, whatever systems read.
    """

    files: str
    most: int
    each: bool = False
    fields: tuple[str, ...] = ("system",)
    system: str | None = None
    most_bytes: int | None = None


@dataclass
class Entry:
    """A field of text, as it comes."""

    name: str
    data: bytearray = field(default_factory=bytearray)


@dataclass
class Form:
    """What has come of a form so far."""

    shape: Shape
    system: str | None = None
    files: list[Incoming] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def digest(self) -> bytes:
        """Return what tells this form from another: its fields, its files' names and what they hold."""
        files = [[file.name, file.sha256] for file in self.files]
        return json.dumps([self.values, files], sort_keys=True).encode()

    def begin(self, part: Field | File) -> Incoming | Entry:
        """Return what takes the data of a part."""
        if isinstance(part, File) and part.name == self.shape.files:
            return self._new_file(part)
        if isinstance(part, Field) and part.name in self.shape.fields and part.name not in self.values:
            return Entry(part.name)
        kind = "file" if isinstance(part, File) else "field"
        name, allowed = str(part.name)[:64], [self.shape.files, *self.shape.fields]
        reason = f"The form has a {kind} {name!r} that is not known here, or comes twice; "
        reason += f"once each are right: {', '.join(allowed)}."
        row = {"field": name, "reason": reason, "value": name, "allowed": allowed}
        raise Invalid(reason, code="invalid_fields", errors=[row])

    def _new_file(self, part: File) -> Incoming:
        if len(self.files) == self.shape.most:
            detail = f"The form has more files in {self.shape.files!r} than {self.shape.most}, which may be."
            row = {"field": self.shape.files, "reason": detail, "value": shown_name(part.filename)}
            raise Invalid(detail, code="invalid_fields", errors=[row])
        most = self.shape.most_bytes or most_bytes(self.system)
        file = Incoming(storage().incoming, shown_name(part.filename), most)
        self.files.append(file)
        return file

    def take(self, target: Incoming | Entry, event: Data) -> None:
        """Give a part its data."""
        if isinstance(target, Incoming):
            self._take_file(target, event)
            return
        target.data += event.data
        if len(target.data) > FIELD_BYTES:
            raise TooLarge(f"The field `{target.name}` may have at most {FIELD_BYTES} bytes.")
        if not event.more_data:
            self._take_value(target.name, target.data.decode("utf-8", "replace"))

    def _take_value(self, name: str, value: str) -> None:
        if "\0" in value:
            reason = f"The field `{name}` holds the character U+0000, which cannot be stored; leave it out."
            row = {"field": name, "reason": reason, "value": value.replace("\0", "\ufffd")[:MOST_SHOWN]}
            raise Invalid(reason, code="invalid_fields", errors=[row])
        self.values[name] = value
        if name == "system":
            self.system = check_system(value)

    def _take_file(self, file: Incoming, event: Data) -> None:
        try:
            if file.size + len(event.data) > file.most_bytes:
                self._check_size(file, file.size + len(event.data))
            file.write(event.data)
            if not event.more_data and file.fault is None:
                file.finish()
        except (TooLarge, Invalid) as fault:
            self.fail(file, fault)

    def _check_size(self, file: Incoming, size: int) -> None:
        """Raise TooLarge for more bytes than this form takes, or its system."""
        if self.shape.most_bytes is None:
            check_size(size, self.system)
        elif size > file.most_bytes:
            raise TooLarge(f"A file may have at most {file.most_bytes:,} bytes here; this is more.")

    def fail(self, file: Incoming, fault: AssayError) -> None:
        """Leave a file out, or fail with it."""
        if not self.shape.each:
            raise fault
        file.refuse(fault)


@contextmanager
def received(shape: Shape) -> Iterator[Form]:
    """Read the request's form; files that are not kept until the end of this are removed.

    Raises:
        UnsupportedType: it is no multipart form.
        LengthRequired, TooLarge: its size is not said, or is too large.
        BadRequest: it is broken.
        Invalid: it has other fields, or too many files.

    """
    form = Form(shape, shape.system)
    try:
        _check_length(shape)
        _read(form)
        yield form
    finally:
        for file in form.files:
            file.discard()


def _check_length(shape: Shape) -> None:
    """Refuse by its header what is too large for any system."""
    length = request.content_length
    if length is None:
        raise LengthRequired("The body does not say how long it is; send Content-Length.")
    most = shape.most * ((shape.most_bytes or most_bytes(None)) + FRAME_BYTES)
    if length > most:
        raise TooLarge(f"The body has {length:,} bytes; {shape.most} file(s) may have at most {most:,}.")


def _read(form: Form) -> None:
    """Give each part of the form its data."""
    target: Incoming | Entry = Entry("")
    for event in _events(form.shape.most + len(form.shape.fields) + 1):
        if isinstance(event, Field | File):
            target = form.begin(event)
        elif isinstance(event, Data):
            form.take(target, event)


def _boundary() -> bytes:
    """Return what stands between the parts."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedType(
            f"The body is {request.mimetype[:64] or 'of no type'}; send multipart/form-data with a boundary."
        )
    return boundary.encode("latin-1", "replace")


def _events(most_parts: int) -> Iterator[Event]:
    """Yield what the body says, as it comes."""
    decoder = MultipartDecoder(_boundary(), max_form_memory_size=4 * BLOCK_BYTES, max_parts=most_parts)
    try:
        for block in blocks():
            decoder.receive_data(block)
            yield from _ready(decoder)
        decoder.receive_data(None)
        yield from _ready(decoder)
    except RequestEntityTooLarge:
        raise TooLarge("The form has too many parts, or headers that are too long.") from None
    except ValueError:
        raise BadRequest("The body is not the multipart form that its Content-Type says.") from None


def _ready(decoder: MultipartDecoder) -> Iterator[Event]:
    """Yield what can be said of the data so far."""
    event = decoder.next_event()
    while not isinstance(event, NeedData):
        yield event
        if type(event).__name__ == "Epilogue":
            return
        event = decoder.next_event()
