"""Conditions on rows, by what a question says of them."""
