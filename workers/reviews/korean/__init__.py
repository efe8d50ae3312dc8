"""Korean texts: their clauses, what is negated in them, and the model that reads them by syllables."""
