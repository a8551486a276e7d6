"""How many tokens rows have, exactly or about."""
