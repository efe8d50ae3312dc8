"""Versions of the models: which one answers, and the card of each."""
