"""The times in a question."""
