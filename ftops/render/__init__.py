"""Values in, text out. Sees results, never ports."""
