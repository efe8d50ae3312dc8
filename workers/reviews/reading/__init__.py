"""Reading files of reviews: tables, JSON, JSON lines, plain lines."""
