"""From a reading to queries, and from their results to sentences."""
