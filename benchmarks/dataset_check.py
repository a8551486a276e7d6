"""How much faster rows are checked than by the usual loops, and what wrong rows cost.

Run `python benchmarks/dataset_check.py [MEGABYTES]` (20 without it). All loops read the same
generated files and take turns. A shared machine is twice as fast in one second as in the next, so
a ratio is told of two loops that follow each other, and the median of many such ratios counts.

- "json loop" parses with `json` and makes the same checks by hand (`plain_json.py`);
- "+ sha256" is the same loop with the digest that ftops also makes;
- "check" says everything there is to say of each line, "check, sha256" is ftops' whole pass;
- "together" is the file check of the package of that name, which stops at the first wrong line and
  knows fewer rules. It runs in an environment of its own, made by `uv`; without a package index it
  is left out.
"""

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from generated_rows import LONG, SHORT, Shape, generated_rows
from plain_json import check_line

from ftops.dataset.check import check_stream
from ftops.dataset.counting.tally import ONLY_CUTS
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge_at_length
from ftops.dataset.legal.glance import GLANCES
from ftops.dataset.lines import read_blocks

ROUNDS = 15
MEGABYTES = 20.0
BUFFER = 1 << 20
LIMIT = 65_536
BESIDE = Path(__file__).parent

Loop = Callable[[Path], float]
Speeds = dict[str, list[float]]


def timed(loop: Callable[[Path], object]) -> Loop:
    """Return the loop as one that tells its CPU seconds."""

    def run(path: Path) -> float:
        begun = time.process_time()
        loop(path)
        return time.process_time() - begun

    return run


def json_loop(path: Path) -> int:
    """Parse and check by hand."""
    with path.open("rb", buffering=BUFFER) as file:
        return sum(map(bool, map(check_line, file)))


def json_loop_with_digest(path: Path) -> int:
    """Do the same, and hash."""
    digest, wrong = hashlib.sha256(), 0
    with path.open("rb", buffering=BUFFER) as file:
        for line in file:
            digest.update(line)
            wrong += bool(check_line(line))
    return wrong


def check(path: Path) -> int:
    """Check each line, with every finding."""
    wrong = 0
    with path.open("rb") as file:
        for _, lines, _ in read_blocks(file, alone=True):
            for line, seen in zip(lines, GLANCES[Format.CHAT](lines, LIMIT), strict=True):
                wrong += seen is None and bool(judge_at_length(line, Format.CHAT)[1])
    return wrong


def check_with_digest(path: Path) -> int:
    """Check as `ftops validate --only structure` does."""
    with path.open("rb") as file:
        found = check_stream(file, method="supervised", limit=LIMIT, counting=ONLY_CUTS)
    return len(found.findings) + found.findings_omitted


LOOPS: dict[str, Callable[[Path], int]] = {
    "json loop": json_loop,
    "json loop, sha256": json_loop_with_digest,
    "check": check,
    "check, sha256": check_with_digest,
}
TOGETHER = "together"


class Together:
    """The other package's check, in a process that waits for its turn."""

    def __init__(self) -> None:
        script = str(BESIDE / "peers" / "together_check.py")
        self._process = subprocess.Popen(  # noqa: S603 - uv, and a script of ours
            [sys.executable, "-m", "uv", "run", "--quiet", "--no-project", "--script", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> "Together":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def __call__(self, path: Path) -> float | None:
        """Return its CPU seconds for one file, nothing if it is not there."""
        if self._process.stdin is None or self._process.stdout is None:
            return None
        try:
            self._process.stdin.write(f"{path}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        told = self._process.stdout.readline()
        return float(told) if told else None


def measure(path: Path, loops: dict[str, Loop]) -> Speeds:
    """Return the MB each loop does in a second of CPU time, in each round."""
    size = path.stat().st_size / 1e6
    speeds: Speeds = {name: [] for name in loops}
    for _ in range(ROUNDS):
        for name, loop in loops.items():
            speeds[name].append(size / loop(path))
    return speeds


def ratio(ours: list[float], others: list[float]) -> float:
    """Return how many times as fast ours is, by the median of the rounds."""
    return statistics.median(our / other for our, other in zip(ours, others, strict=True))


def compare(clean: Path, dirty: Path, loop: Loop) -> float:
    """Return how fast one file is read beside another."""
    speeds: dict[Path, list[float]] = {clean: [], dirty: []}
    for _ in range(ROUNDS):
        for path, told in speeds.items():
            told.append(path.stat().st_size / loop(path))
    return ratio(speeds[dirty], speeds[clean])


def write(path: Path, size: float, shape: Shape, dirty: float = 0) -> Path:
    """Write a set."""
    with path.open("wb") as file:
        file.writelines(generated_rows(size * 1e6, shape, dirty=dirty))
    return path


def agree(path: Path) -> None:
    """Stop if anybody finds another number of wrong lines."""
    found = {name: loop(path) for name, loop in LOOPS.items()}
    if len(set(found.values())) > 1:
        raise SystemExit(f"the loops disagree: {found}")


def tell(what: str, found: float, target: float) -> None:
    """Print one ratio beside its target."""
    print(f"  {what:58}{found:6.2f}x  target {target:g}x  {word(found >= target)}")


def word(passes: bool) -> str:  # noqa: FBT001 - the one thing it is told
    """Return the verdict."""
    return "pass" if passes else "MISS"


def main() -> None:
    """Print each set's speeds, and the ratios that are asked for."""
    size = float(sys.argv[1]) if sys.argv[1:] else MEGABYTES
    loops: dict[str, Loop] = {name: timed(loop) for name, loop in LOOPS.items()}
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        long = write(folder / "long.jsonl", size, LONG)
        dirty = write(folder / "dirty.jsonl", size, LONG, dirty=0.01)
        wrong = write(folder / "wrong.jsonl", size, LONG, dirty=1)
        short = write(folder / "short.jsonl", size / 2, SHORT)
        for path in (long, dirty, wrong, short):
            agree(path)
        together = opened.enter_context(Together())
        with_peer = dict(loops)
        if together(long) is None:
            print("together is left out: uv cannot make its environment here\n")
        else:
            with_peer[TOGETHER] = lambda path: together(path) or 0.0
        speeds = {"3 kB rows": measure(long, with_peer), "340 B rows": measure(short, loops)}
        speeds["3 kB rows, 1 % wrong"] = measure(dirty, loops)
        speeds["3 kB rows, all wrong"] = measure(wrong, loops)
        share = compare(long, dirty, loops["check, sha256"])
    for title, speed in speeds.items():
        print(f"{title}, MB/s of CPU:")
        print("".join(f"  {name}: {statistics.median(all_):.0f}" for name, all_ in speed.items()))
    print()
    big, small = speeds["3 kB rows"], speeds["340 B rows"]
    if TOGETHER in big:
        tell("3 kB: check against together's", ratio(big["check"], big[TOGETHER]), 3)
    tell("3 kB: check against the json loop", ratio(big["check"], big["json loop"]), 2)
    tell(
        "3 kB: check and sha256 against the json loop with sha256",
        ratio(big["check, sha256"], big["json loop, sha256"]),
        2,
    )
    tell("340 B: check against the json loop", ratio(small["check"], small["json loop"]), 4.5)
    tell("1 % wrong rows against none", share, 0.9)


if __name__ == "__main__":
    main()
