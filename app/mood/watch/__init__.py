"""Watching folders for exports: each file that arrives is read once."""
