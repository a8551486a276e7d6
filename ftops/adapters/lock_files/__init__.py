"""Locks as files: `specs/**/<name>.lock` in the repository, or one folder per rehearsed target."""
