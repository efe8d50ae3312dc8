"""What keeps a file from being judged: a stable code, and words for whoever sent it.

FileError
├── type_mismatch, unsupported     the wrong kind of file: 415
└── all others                     the right kind, and not usable: 422
"""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "no_face",
    "too_small",
    "too_many_pixels",
    "truncated",
    "unreadable",
    "unsupported",
    "type_mismatch",
    "no_video",
    "no_frames",
]
WRONG_KIND: frozenset[Code] = frozenset({"unsupported", "type_mismatch"})

# What Pillow, its plugins and lcms raise on damaged files: struct's, zlib's and EOFError beside OSError, and
# ValueError where a compressed chunk inflates too far (python-pillow/Pillow#8363).
DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class FileError(Exception):
    """Raised when a file cannot be judged; `code` is one of the words that the API documents."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
