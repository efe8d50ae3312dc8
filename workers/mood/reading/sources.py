"""Who recorded: one source however its name is spelled, and whether it is a watch or a phone."""

from __future__ import annotations

import unicodedata
from enum import IntEnum


class Device(IntEnum):
    """What a source is, the better for sums and sleep first."""

    WATCH = 0
    PHONE = 1
    OTHER = 2


APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2032": "'"})
WATCH_SIGNS = ("apple watch", "model:watch", "hardware:watch")
PHONE_SIGNS = ("name:iphone", "model:iphone", "hardware:iphone")


def canonical(name: str) -> str:
    """Return what two spellings of one source have in common."""
    straight = unicodedata.normalize("NFKC", name).translate(APOSTROPHES)
    return " ".join(straight.split()).casefold()


class Sources:
    """Numbers sources as they come."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.devices: list[Device] = []
        self._by_name: dict[str, int] = {}

    def number(self, name: str) -> int:
        """Return the number of a source."""
        key = canonical(name)
        if key not in self._by_name:
            self._by_name[key] = len(self.names)
            self.names.append(" ".join(name.split()))
            self.devices.append(_by_name(key))
        return self._by_name[key]

    def tell_device(self, number: int, device: bytes) -> None:
        """Note what a record's `device` says of its source; a watch stays one."""
        if not device or self.devices[number] is Device.WATCH:
            return
        text = device.decode("utf-8", "replace").lower()
        if any(sign in text for sign in WATCH_SIGNS):
            self.devices[number] = Device.WATCH
        elif any(sign in text for sign in PHONE_SIGNS):
            self.devices[number] = Device.PHONE


def _by_name(key: str) -> Device:
    """Return what a source is by its name alone."""
    if "watch" in key:
        return Device.WATCH
    return Device.PHONE if "phone" in key else Device.OTHER
