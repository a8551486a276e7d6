"""Declared data: paths, globs and splits, pinned to the bytes that will be uploaded."""
