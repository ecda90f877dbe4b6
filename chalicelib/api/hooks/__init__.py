"""Routes for media servers, one module a dialect. Each speaks exactly what its server sends and understands."""
