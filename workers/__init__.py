"""The processes that compute: models, lanes and the code of every task."""
