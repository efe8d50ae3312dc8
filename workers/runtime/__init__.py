"""The worker processes of the two lanes."""
