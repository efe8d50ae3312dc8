"""Charts of data sets as Plotly figures, made of plain dicts."""
