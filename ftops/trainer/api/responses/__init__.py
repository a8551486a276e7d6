"""`/v1/responses`, as far as text goes."""
