"""What checking a large file takes as a whole command: time, CPU, memory; and again, unchanged.

Run `python benchmarks/dataset_scale.py [MB…]` (50 and 500 without it). Each line is one validation
in a process of its own, its start included, in a new project with one generated file. "by one" is
the same with `FTOPS_PROCESSES=1`. Memory is the resident one of the command and what its other
processes have for themselves, looked at twenty times a second. Time says something only where
processors are idle: where that of one process is far above its CPU time, they are not.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from generated_rows import LONG, generated_rows

SIZES = (50.0, 500.0)
MOST_MEMORY = {"structure": 60, "tokens": 200}
MOST_GROWTH = 1.15
"""Of the time a byte takes, from the smallest file to the largest."""
PAUSE = 0.05
PROCESSES = "FTOPS_PROCESSES"

WAYS: dict[str, tuple[str, ...]] = {
    "structure": ("--only", "structure"),
    "sampled": ("--only", "tokens"),
    "tokens": ("--only", "tokens", "--exact"),
    "quality": ("--only", "quality"),
}
BY_ONE = ("structure", "sampled", "tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds, CPU seconds and MB of one command."""

    wall: float
    cpu: float
    peak: float


def make_project(root: Path, size: float) -> None:
    """Write a project with one spec and so many MB of data."""
    (root / "specs").mkdir()
    (root / "ftops.yaml").write_text("project: scale\ndefaults: {target: openai}\n")
    spec = {"name": "bot", "model": "gpt-4.1-mini-2025-04-14", "dataset": {"train": "data.jsonl"}}
    (root / "specs" / "bot.yaml").write_text(json.dumps(spec))
    with (root / "data.jsonl").open("wb") as file:
        file.writelines(generated_rows(size * 1e6, LONG))


def run(root: Path, way: Sequence[str], processes: int | None = None) -> Spent:
    """Return what one command takes."""
    command = [sys.executable, "-m", "ftops", "--root", str(root), "validate", *way]
    env = dict(os.environ) if processes is None else {**os.environ, PROCESSES: str(processes)}
    begun = time.perf_counter()
    with (
        tempfile.TemporaryFile() as talk,
        subprocess.Popen(  # noqa: S603 - ftops itself
            command, stdout=subprocess.DEVNULL, stderr=talk, env=env
        ) as child,
    ):
        peak = 0.0
        while True:
            done, status, usage = os.wait4(child.pid, os.WNOHANG)
            if done:
                break
            peak = max(peak, memory_of(child.pid))
            time.sleep(PAUSE)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            talk.seek(0)
            raise SystemExit(talk.read().decode())
    return Spent(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=peak or usage.ru_maxrss / 1024,
    )


def memory_of(process: int) -> float:
    """Return the MB of a process, and those that its children do not share with it."""
    about = Path("/proc") / str(process) / "task" / str(process)
    try:
        children = (about / "children").read_text().split()
        own = resident(process, "Rss:")
    except OSError:
        return 0.0
    return own + sum(resident(int(child), "Private_") for child in children)


def resident(process: int, kind: str) -> float:
    """Return the MB of a process of one kind."""
    try:
        rollup = (Path("/proc") / str(process) / "smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(kind)) / 1024


def measure(root: Path, name: str, size: float) -> float:
    """Print what one way takes, and return its CPU seconds for a MB."""
    rmtree(root / ".ftops", ignore_errors=True)
    spent = run(root, WAYS[name])
    again = run(root, WAYS[name])
    tell(name, size, spent, f"{again.cpu:7.2f} s{verdict(name, spent)}")
    if name in BY_ONE:
        rmtree(root / ".ftops", ignore_errors=True)
        tell("  by one", size, run(root, WAYS[name], 1), "")
    return spent.cpu / size


def tell(name: str, size: float, spent: Spent, more: str) -> None:
    """Print one line."""
    print(
        f"{name:12}{size:5.0f} MB{spent.wall:7.2f} s{spent.cpu:7.2f} s{size / spent.cpu:8.0f}"
        f"{spent.peak:6.0f} MB{more}",
        flush=True,
    )


def verdict(name: str, spent: Spent) -> str:
    """Say whether it stays within its memory."""
    most = MOST_MEMORY.get(name)
    return "" if most is None else f"  at most {most} MB: {word(spent.peak <= most)}"


def main() -> None:
    """Print one line a way and size."""
    sizes = [float(word) for word in sys.argv[1:]] or SIZES
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, {load:.1f} processes at work on them already\n")
    print(f"{'':12}{'file':>8}{'time':>9}{'CPU':>9}{'MB/s':>8}{'peak':>9}{'again':>9}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            make_project(root, size)
            for name in WAYS:
                taken[name].append(measure(root, name, size))
    if len(sizes) > 1:
        for name, told in taken.items():
            growth = told[-1] / told[0]
            print(f"{name}: {growth:.2f} times the CPU time a MB  {word(growth <= MOST_GROWTH)}")


def word(passes: bool) -> str:  # noqa: FBT001 - the one thing it is told
    """Return the verdict."""
    return "pass" if passes else "MISS"


if __name__ == "__main__":
    main()
