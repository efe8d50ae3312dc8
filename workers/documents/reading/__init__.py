"""Reading: a file becomes one normal text with blocks, pages and the place of every word."""
