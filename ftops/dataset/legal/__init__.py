"""The quick yes to rows that nothing is to be said of."""
