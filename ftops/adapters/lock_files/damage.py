"""The error for a lock that cannot be believed, and what to do about it."""

from ftops.errors import LockUnreadable


def unreadable(
    where: str, message: str, line: int | None = None, *, hint: str | None = None
) -> LockUnreadable:
    """Return the error for a damaged lock."""
    place = where if line is None else f"{where}:{line}"
    restore = "" if where.startswith(".ftops/") else f"restore it (git checkout -- {where}), or "
    usual = f"{restore}delete it: apply restores it from the provider without training"
    return LockUnreadable(f"{place}: this lock is damaged: {message}", hint=hint or usual)
