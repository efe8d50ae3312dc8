"""The severity of one accident, or of a batch: schemas, service and routes."""
