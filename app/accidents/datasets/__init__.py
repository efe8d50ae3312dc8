"""Data sets: tables that people upload, what their columns hold, and the one way to ask them."""
