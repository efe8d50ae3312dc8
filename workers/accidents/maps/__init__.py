"""Maps of data sets as pages of their own."""
