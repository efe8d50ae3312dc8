"""A file and what became of it: uploads, and the jobs that read them."""
