"""What checking a large file takes as a whole command: CPU time, memory; and again, unchanged.

Run `python benchmarks/dataset_scale.py [MB…]` (50 and 500 without it). Each line is one validation
in a process of its own, its start included, in a new project with one generated file.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

from generated_rows import LONG, generated_rows

SIZES = (50.0, 500.0)
MOST_MEMORY = {"structure": 60, "tokens": 200}
MOST_GROWTH = 1.15
"""Of the time a byte takes, from the smallest file to the largest."""

WAYS: dict[str, tuple[str, ...]] = {
    "structure": ("--only", "structure"),
    "sampled": ("--only", "tokens"),
    "tokens": ("--only", "tokens", "--exact"),
    "quality": ("--only", "quality"),
}


def make_project(root: Path, size: float) -> None:
    """Write a project with one spec and so many MB of data."""
    (root / "specs").mkdir()
    (root / "ftops.yaml").write_text("project: scale\ndefaults: {target: openai}\n")
    spec = {"name": "bot", "model": "gpt-4.1-mini-2025-04-14", "dataset": {"train": "data.jsonl"}}
    (root / "specs" / "bot.yaml").write_text(json.dumps(spec))
    with (root / "data.jsonl").open("wb") as file:
        file.writelines(generated_rows(size * 1e6, LONG))


def run(root: Path, way: Sequence[str]) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory in MB of one command."""
    command = [sys.executable, "-m", "ftops", "--root", str(root), "validate", *way]
    with subprocess.Popen(  # noqa: S603 - ftops itself
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        told = child.stderr.read() if child.stderr else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(told.decode())
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Print one line a way and size."""
    sizes = [float(word) for word in sys.argv[1:]] or SIZES
    speeds: dict[str, list[float]] = {name: [] for name in WAYS}
    print(f"{'':12}{'file':>8}{'CPU':>9}{'MB/s':>8}{'peak':>9}{'again':>9}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            make_project(root, size)
            for name, way in WAYS.items():
                rmtree(root / ".ftops", ignore_errors=True)
                spent, peak = run(root, way)
                again, _ = run(root, way)
                speeds[name].append(size / spent)
                most = MOST_MEMORY.get(name)
                verdict = "" if most is None else f"  at most {most} MB: {word(peak <= most)}"
                print(
                    f"{name:12}{size:5.0f} MB{spent:7.2f} s{size / spent:8.0f}{peak:6.0f} MB"
                    f"{again:7.2f} s{verdict}",
                    flush=True,
                )
    if len(sizes) > 1:
        for name, told in speeds.items():
            growth = told[0] / told[-1]
            print(f"{name}: {growth:.2f} times the CPU time a MB  {word(growth <= MOST_GROWTH)}")


def word(passes: bool) -> str:  # noqa: FBT001 - the one thing it is told
    """Return the verdict."""
    return "pass" if passes else "MISS"


if __name__ == "__main__":
    main()
