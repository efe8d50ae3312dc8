"""Mood: from sleep and activity to a daily risk."""
