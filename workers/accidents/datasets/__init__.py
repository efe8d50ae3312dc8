"""Data sets: read a stranger's table to the last byte, decide its types, write it down for queries."""
