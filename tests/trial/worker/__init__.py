"""The working half of the trial system."""
