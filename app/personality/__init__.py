"""Personality: the impression that faces make, from pictures and clips."""
