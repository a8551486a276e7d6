"""The exit codes: what a script may rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """2 is Click's own, for wrong usage."""

    FINE = 0
    EXPECTED_FAILURE = 1
    USAGE = 2
    BUG = 3
    CHANGES = 4
    INTERRUPTED = 130
