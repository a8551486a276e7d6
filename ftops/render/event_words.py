"""What apply tells while it works, in words."""

from ftops.core.progress import (
    Creating,
    Ended,
    Following,
    Looking,
    Unwritten,
    Uploading,
    Waiting,
)
from ftops.render.steps import Step

Announcement = Uploading | Creating | Following | Looking | Waiting | Unwritten | Ended

KIB = 1024


def announcement(event: Announcement) -> str:
    """Return one sentence about what is done, not yet made harmless."""
    match event:
        case Uploading(name=name, size=size):
            return f"uploading {name} ({size_words(size)})"
        case Creating():
            return "creating the job"
        case Following(job=job, adopted=adopted):
            return f"following job {job}{', which was already there' if adopted else ''}"
        case Looking(seconds=seconds):
            return f"looking for the job, {seconds:.0f} s at most"
        case Waiting(why=why, seconds=seconds):
            return f"waiting {seconds:.0f} s: {why}"
        case Unwritten(job=job, why=why, place=place):
            kept = "its id is nowhere on disk" if place is None else f"its id is kept in {place}"
            return f"job {job} runs, but {why}; {kept}; by hand: `{event.cure}`"
        case Ended(kind=kind, detail=detail):
            return f"{kind}: {detail}"


def state_word(event: Announcement) -> str:
    """Return the event's kind as one lower-case word, for a narrow column."""
    return type(event).__name__.lower()


def step_words(step: Step) -> str:
    """Return `step 12/45, loss 1.2345`."""
    loss = "" if step.loss is None else f", loss {step.loss:.4f}"
    return f"step {step.words}{loss}"


def size_words(size: int) -> str:
    """Return a number of bytes for people."""
    amount = float(size)
    for unit in ("bytes", "KiB", "MiB"):
        if amount < KIB:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= KIB
    return f"{amount:.1f} GiB"
