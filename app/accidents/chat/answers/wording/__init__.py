"""Answers in the question's language."""
