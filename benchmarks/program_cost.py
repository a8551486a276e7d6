"""What a program takes from its start to its end: CPU time of user and system, and memory."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# The system counts the memory of whoever forks as the program's own, so somebody small does it.
LAUNCHER = """
import os, subprocess, sys
program = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, used = os.wait4(program.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.stdout.flush()
os._exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True)
class Cost:
    """What one program took."""

    seconds: float
    megabytes: float


def cost_of(words: Sequence[str], root: Path, environment: Mapping[str, str]) -> Cost:
    """Run a program to its end, and return its CPU seconds and its peak memory."""
    done = subprocess.run(  # noqa: S603 - programs of our own choice
        [sys.executable, "-c", LAUNCHER, *words],
        cwd=root,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{words[-1]} ended with {done.returncode}:\n{done.stderr}")
    seconds, kibibytes = done.stdout.split()
    return Cost(seconds=float(seconds), megabytes=int(kibibytes) * 1024 / 1e6)
