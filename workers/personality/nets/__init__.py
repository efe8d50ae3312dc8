"""Small networks in plain torch, and their weights out of public packages."""
