"""Reading a question over a data set: words, conditions, measures, and every word accounted for."""
