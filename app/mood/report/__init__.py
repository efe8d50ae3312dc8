"""The report: a result as one page to print."""
