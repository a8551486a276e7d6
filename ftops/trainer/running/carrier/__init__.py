"""Carries a try between this machine and the server of another, without a shared disk."""
