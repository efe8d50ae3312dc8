"""Reviews: the sentiment of a short text, and of every row of a file of them."""
