"""Chat: questions about a data set, answered from its figures alone."""
