"""All there is to say of a row that is wrong, and where in the line."""
