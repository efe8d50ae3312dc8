"""What every route shares: errors, strict fields, headers, CORS and the OpenAPI document."""
