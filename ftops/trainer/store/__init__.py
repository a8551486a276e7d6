"""What the server remembers: one SQLite file and a folder."""
