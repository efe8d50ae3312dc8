"""Who is asking: API keys, and the principal of the current request."""
