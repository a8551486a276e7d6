"""The routes under /api, and the few that programs expect beside it."""
