"""Understanding: the normal text becomes segments, benefits, limits, conditions and exclusions."""
