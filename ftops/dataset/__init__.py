"""Bytes in, findings and figures out. No network, no clock."""
