"""Jobs that read files: start, status, cancellation and results."""
