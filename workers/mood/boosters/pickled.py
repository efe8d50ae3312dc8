"""Take a booster's bytes out of a pickle by its opcodes alone: nothing in it is ever called.

Published boosters are pickles of `xgboost.XGBClassifier`, whose state holds the model as bytes. A
pickle that names anything beyond what such an object needs is refused unread.
"""

from __future__ import annotations

import pickletools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED = frozenset(
    {
        "builtins bytearray",
        "__builtin__ bytearray",
        "builtins object",
        "__builtin__ object",
        "builtins bytes",
        "_codecs encode",
        "copyreg _reconstructor",
        "copy_reg _reconstructor",
        "xgboost.core Booster",
        "xgboost.sklearn XGBClassifier",
        "xgboost.sklearn XGBModel",
        "numpy dtype",
        "numpy ndarray",
        "numpy.core.multiarray _reconstruct",
        "numpy.core.multiarray scalar",
        "numpy._core.multiarray _reconstruct",
        "numpy._core.multiarray scalar",
        "sklearn.preprocessing._label LabelEncoder",
        "xgboost.compat XGBoostLabelEncoder",
    }
)
FORBIDDEN = frozenset({"INST", "OBJ", "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID", "NEXT_BUFFER"})
STARTS = (b"{L", b"{i", b"{U", b"{l", b"{I", b'{"', b"{$", b"{#")  # of UBJSON and JSON objects


class PickleRefused(ValueError):
    """Raised when a pickle names what a booster does not need, or holds no booster."""


def model_bytes(data: bytes) -> bytes:
    """Return the longest bytes of a pickle that begin as a model does.

    Raises:
        PickleRefused: the pickle names something that is not allowed, is broken, or holds no model.

    """
    models = [raw for raw in _pushed(data) if raw.startswith(STARTS)]
    if not models:
        raise PickleRefused("the pickle holds no XGBoost model as UBJSON or JSON")
    return max(models, key=len)


def _pushed(data: bytes) -> Iterator[bytes]:
    """Yield what a pickle pushes as bytes, refusing it at the first name that is not allowed."""
    names = _Names()
    try:
        for opcode, argument, place in pickletools.genops(data):
            _check(opcode.name, argument, names, place)
            names.follow(opcode, argument)
            if isinstance(argument, (bytes, bytearray)):
                yield bytes(argument)
            elif isinstance(argument, str) and argument[:1] == "{":
                yield argument.encode("latin-1", "ignore")  # protocol 2 writes bytes as such text
    except PickleRefused:
        raise
    except (ValueError, IndexError, KeyError, UnicodeDecodeError) as error:
        raise PickleRefused(f"the pickle is broken: {error}") from error


def _check(opcode: str, argument: object, names: _Names, place: int | None) -> None:
    """Refuse an opcode or a global that is not allowed."""
    if opcode in FORBIDDEN:
        raise PickleRefused(f"the pickle has the opcode {opcode} at byte {place}")
    if opcode == "GLOBAL":
        name = str(argument)
    elif opcode == "STACK_GLOBAL":
        name = names.last_two()
    else:
        return
    if name not in ALLOWED:
        raise PickleRefused(f"the pickle names {name!r}, which no booster needs")


class _Names:
    """The texts on top of the stack, as far as a name can be made of them."""

    def __init__(self) -> None:
        self.pushed: list[str | None] = []
        self.memo: dict[int, str | None] = {}

    def follow(self, opcode: pickletools.OpcodeInfo, argument: object) -> None:
        """Take note of what an opcode pushes or remembers."""
        last = self.pushed[-1] if self.pushed else None
        if opcode.name == "MEMOIZE":
            self.memo[len(self.memo)] = last
        elif opcode.name in {"PUT", "BINPUT", "LONG_BINPUT"}:
            self.memo[int(str(argument))] = last
        elif opcode.name in {"GET", "BINGET", "LONG_BINGET"}:
            self.pushed.append(self.memo.get(int(str(argument))))
        elif opcode.name not in {"PROTO", "FRAME"}:
            self.pushed.append(argument if isinstance(argument, str) else None)
        del self.pushed[:-2]

    def last_two(self) -> str:
        """Return module and name, or what is not allowed where one of them is no text."""
        return " ".join(str(each) for each in self.pushed[-2:])
