"""What may be uploaded: how much, of which kind, for which system."""

from __future__ import annotations

import re

from app.files.uploads.detect import UNKNOWN, detect, head_of, settle
from app.files.uploads.encodings import why_binary
from app.http.errors import Invalid, TooLarge, UnsupportedType
from app.http.fields import shown
from app.system import readers

NAME_CHARACTERS = 255
# Controls, and what makes a name read otherwise than it is written (as RIGHT-TO-LEFT OVERRIDE).
UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def shown_name(name: str | None) -> str:
    """Return what a sender calls a file as it can be shown: its last part, without what is not seen."""
    last = UNSHOWN.sub("", name or "").replace("\\", "/").rpartition("/")[2].strip()
    return last[:NAME_CHARACTERS] or "unnamed"


def check_system(name: str) -> str:
    """Return the name of a system that reads files; raise Invalid for any other."""
    if name not in readers():
        allowed = sorted(readers())
        reason = f"{name[:64]!r} is no system that reads files; these do: {', '.join(allowed)}."
        fault = {"field": "system", "reason": reason, "value": shown(name), "allowed": allowed}
        raise Invalid(reason, code="invalid_fields", errors=[fault])
    return name


def most_bytes(system: str | None) -> int:
    """Return the largest size of a file, of one system or of any."""
    reading_systems = readers()
    return (
        reading_systems[system].most_bytes
        if system
        else max((each.most_bytes for each in reading_systems.values()), default=0)
    )


def check_size(size: int, system: str | None) -> None:
    """Raise TooLarge for more bytes than a file may have."""
    most = most_bytes(system)
    if size > most:
        whose = f"a file for {system}" if system else "a file"
        raise TooLarge(f"{whose.capitalize()} may have at most {most:,} bytes; this is more.")


def kinds(system: str | None) -> tuple[str, ...]:
    """Return the media types that one system reads, or any."""
    reading_systems = readers()
    of = [reading_systems[system]] if system else list(reading_systems.values())
    return tuple(dict.fromkeys(kind for files in of for kind in files.all_kinds))


def judge(handle: int, system: str | None) -> str:
    """Return what an open file is, by its content.

    Raises:
        UnsupportedType: it is nothing that is read.

    """
    head, allowed = head_of(handle), kinds(system)
    detected = detect(head)
    settled = settle(detected, allowed)
    if settled is None:
        reader = f"{system} reads" if system else "the systems read"
        why = f" ({why_binary(head)})" if detected == UNKNOWN else ""
        detail = f"The content is {detected}{why}; {reader} {', '.join(sorted(allowed)) or 'no files'}."
        raise UnsupportedType(
            detail, errors=[{"field": "file", "reason": detail, "value": detected, "allowed": allowed}]
        )
    return settled
