"""Answers from tuned models: a process for each base, its adapters mixed in one batch."""
