"""Documents: what an insurance wording covers, each finding with its quote and place."""
