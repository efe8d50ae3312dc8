"""By what a question groups, in which order, and how many groups it wants."""

from __future__ import annotations

from app.accidents.chat.grammar.dimensions.groups import Groups
from app.accidents.chat.grammar.dimensions.limits import Limits
from app.accidents.chat.grammar.dimensions.ranked import Rankings


class Dimensions(Limits, Groups, Rankings):
    """Finds the fields to group by, the order of the groups, and where they are cut off."""
