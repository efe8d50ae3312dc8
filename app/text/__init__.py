"""Texts, headings and words as a reader takes them, however they were typed; free of any model library."""
