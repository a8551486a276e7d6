"""`/v1/uploads`: a file in parts."""
