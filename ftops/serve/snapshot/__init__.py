"""One look as values: jobs, models and specs as the API and the pages show them."""
