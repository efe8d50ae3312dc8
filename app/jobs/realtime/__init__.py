"""The realtime lane as the web process sees it: gather, send, wait, answer from the cache."""
