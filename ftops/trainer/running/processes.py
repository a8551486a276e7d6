"""Is a process still the one we started? Its number alone does not say: numbers are given again."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

PROC = Path("/proc")
_STATE, _START_TIME = 0, 19


def birth_mark(pid: int) -> str | None:
    """Return what tells a process from a later one of the same number; None if it is gone."""
    if (PROC / "self").exists():
        return _mark_from_proc(PROC / str(pid) / "stat")
    return _mark_from_ps(pid)


def is_running(pid: int, mark: str) -> bool:
    """Say whether the process with this mark still lives."""
    return birth_mark(pid) == mark


def kill_session(pid: int) -> None:
    """End a session leader and everything it started, at once.

    torchrun gives each of its children a session of its own.
    """
    for leader in (pid, *_children(pid)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid="],
        capture_output=True,
        text=True,
        check=False,
    )
    pairs = [line.split() for line in found.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def _mark_from_proc(stat: Path) -> str | None:
    try:
        text = stat.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name, in parentheses, may hold anything, spaces and parentheses included.
    fields = text.rpartition(")")[2].split()
    return None if fields[_STATE] in "ZX" else fields[_START_TIME]


def _mark_from_ps(pid: int) -> str | None:
    found = subprocess.run(  # noqa: S603 a fixed program and a number
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, started = found.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
