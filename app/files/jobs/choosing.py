"""Which system reads some uploads, whether it may, and how it is asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from marshmallow import ValidationError

from app.files.uploads.detect import settle
from app.http.errors import Invalid, TooLarge, UnsupportedType, refused
from app.system import readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.files.uploads.models import Upload
    from app.system import Files


def choose_system(uploads: Sequence[Upload], wanted: str | None) -> str:
    """Return the system that reads some uploads: the wanted one, the one they were sent for, or the only one.

    Raises:
        Invalid: that one reads no files, or more than one could and none is named.
        UnsupportedType: that one, or every one, does not read what was found.

    """
    reading_systems = readers()
    wanted = wanted or _sent_for(uploads)
    if wanted is None:
        return _only_reader(uploads, reading_systems)
    if wanted not in reading_systems:
        raise _unclear(f"The system {wanted!r} reads no files here", reading_systems, sent=wanted)
    if not _reads(reading_systems[wanted].all_kinds, uploads):
        raise _unread(f"The system {wanted!r} does not read", uploads, reading_systems[wanted].all_kinds)
    return wanted


def _sent_for(uploads: Sequence[Upload]) -> str | None:
    """Return the system that all uploads were sent for, None where they differ or say none."""
    named = {upload.system for upload in uploads}
    return named.pop() if len(named) == 1 else None


def _only_reader(uploads: Sequence[Upload], reading_systems: Mapping[str, Files]) -> str:
    """Return the one system that reads all of some uploads."""
    able = [name for name, files in reading_systems.items() if _reads(files.kinds, uploads)]
    if len(able) > 1:
        raise _unclear("More than one system reads such files, so `system` must say which", able)
    if not able:
        raise _unread(
            "No system reads", uploads, [kind for files in reading_systems.values() for kind in files.kinds]
        )
    return able[0]


def _reads(kinds: Sequence[str], uploads: Sequence[Upload]) -> bool:
    return all(settle(upload.detected or "", kinds) is not None for upload in uploads)


def _unclear(detail: str, able: Iterable[str], *, sent: str | None = None) -> Invalid:
    allowed = sorted(able)
    reason = f"{detail}; there are: {', '.join(allowed)}."
    row = {"field": "system", "reason": reason, "value": sent, "allowed": allowed}
    return Invalid(reason, code="invalid_fields", errors=[row])


def _unread(detail: str, uploads: Sequence[Upload], kinds: Iterable[str]) -> UnsupportedType:
    allowed = sorted(set(kinds))
    detected = sorted({str(upload.detected) for upload in uploads})
    return UnsupportedType(
        f"{detail} {', '.join(detected)}, which was found in the content; read are: {', '.join(allowed)}."
    )


def check_sizes(uploads: Sequence[Upload], name: str) -> None:
    """Raise TooLarge when a file has more bytes than a system reads."""
    most = readers()[name].most_bytes
    for upload in uploads:
        if upload.size > most:
            raise TooLarge(
                f"Upload {upload.id} has {upload.size} bytes; the system {name!r} reads files up to {most}."
            )


def read_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a system's options with their defaults, as JSON has them.

    Raises:
        Invalid: it names each field that is not acceptable.

    """
    schema = readers()[name].options()
    try:
        return cast("dict[str, Any]", schema.dump(schema.load(options)))
    except ValidationError as error:
        raise refused(error, schema, path="options") from None
