"""What a question wants computed."""
