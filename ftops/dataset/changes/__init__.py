"""What became of a dataset's rows between two of its versions."""
