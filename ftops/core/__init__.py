"""Pure values and decisions: no I/O, clock, randomness, environment or logging."""
