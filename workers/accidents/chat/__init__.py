"""What of the chat runs outside the web process: files on the command line, and language models."""
