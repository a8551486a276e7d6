"""Specs and ftops.yaml: YAML 1.2 with positions, templates, validation in words, JSON Schema."""
