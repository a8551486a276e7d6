"""One event of a job as one line of text."""

from ftops.core.progress import JobEvent
from ftops.render.safe_text import one_line
from ftops.render.words import moment


def log_line(event: JobEvent) -> str:
    """Return `2026-11-22 12:00:05  info  Step 12/45: …`; the time is UTC."""
    return f"{moment(event.created_at)}  {one_line(event.level):<5} {one_line(event.message)}"
