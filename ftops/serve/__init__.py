"""HTTP over readers, so it cannot write; the import contracts hold it to that."""
