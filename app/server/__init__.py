"""What gunicorn's hooks need: logging, graceful shutdown, accept balancing, garbage collection."""
