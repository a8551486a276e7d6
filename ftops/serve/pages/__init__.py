"""Pages made on the server from the same snapshot values that the API sends."""
