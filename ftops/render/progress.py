"""The one door to the ways of telling progress; each has `tell(event)` and is safe with threads."""

from ftops.render.live_progress import LiveProgress
from ftops.render.plain_progress import JsonProgress, PlainProgress, Silence

__all__ = ["JsonProgress", "LiveProgress", "PlainProgress", "Silence"]
