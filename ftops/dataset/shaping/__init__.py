"""Rows as a spec wants them: chosen, drawn, split, spelled one way."""
