"""Personal data and secrets in a dataset: find them, tell of them, write rows without them."""
