"""Fields of a body that take their own type and nothing that only resembles it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

REFUSED = object()


def shown(value: Any) -> Any:
    """Return what was sent, as far as it is short enough to be sent back."""
    return value if isinstance(value, int | float | bool | None) else str(value)[:200]


class Flag(fields.Boolean):
    """A truth value, and nothing that only counts as one."""

    def accept(self, value: Any) -> Any:
        """Return the truth value, REFUSED where marshmallow shall look closer."""
        return value if isinstance(value, bool) else REFUSED

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError({"reason": "It is not true or false.", "value": shown(value)})
        return super()._deserialize(value, *args, **kwargs)
