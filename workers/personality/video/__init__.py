"""Clips: from a stranger's container to a few upright frames and the seconds at which they are shown."""
