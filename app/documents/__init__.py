"""Documents: what an insurance policy covers, with the proof of each item, in and out of Directus."""
