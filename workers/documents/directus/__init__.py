"""What Assay reads from a Directus and writes into it, over HTTP alone."""
