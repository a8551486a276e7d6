"""Who comes in: hosts, tokens, roles and limits."""
