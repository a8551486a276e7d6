"""What a plan with nothing to do costs: the CPU time of `ftops plan` over many settled specs.

Run `python benchmarks/plan_noop.py [SPECS ...]`. It writes a project with so many specs, a small
dataset each, and the locks of jobs that a stub lists page by page; the stub's own time is not
counted. Beside it stand the bare interpreter, a plain loop that reads the same files the usual
way (`yaml.safe_load`, `json.loads`, sha256) and `dvc status` of the same data, where dvc is
installed (`uv sync --group bench`) and the data is not too much for it. Every figure is the median
of rounds in turns; what takes much longer than a plan is measured once. The last lines show how
the cost grows.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Thread

from listing_stub import Stub
from program_cost import Cost, cost_of
from settled_project import settle, write_project

from ftops.wiring.workplace import open_workplace

SPECS = (1_000, 3_000, 10_000)
ROUNDS = 5
PLAN = [sys.executable, "-m", "ftops", "plan", "--exit-code"]
MOST_SECONDS = {1_000: 0.6, 10_000: 2.0}
MOST_MEGABYTES = {10_000: 250.0}
MOST_STARTS = 3.0
"""Of the bare interpreter, for `--version`."""

MOST_GROWTH = 1.5
"""Of what one more spec takes, from each step to the next: a square would have three times."""

MOST_FOR_DVC = 1_000
PEERS = frozenset({"plain loop", "dvc status"})
MUCH = 1_000
"""So many specs are too much for a peer to read them in every round."""

LOOP = """
import hashlib, json, sys, yaml
from pathlib import Path
for path in Path("specs").glob("*.yaml"):
    spec = yaml.safe_load(path.read_text())
    data = Path(spec["dataset"]["train"]).read_bytes()
    hashlib.sha256(data).hexdigest()
    rows = [json.loads(line) for line in data.splitlines()]
    assert all(row["messages"] for row in rows)
    yaml.safe_load(path.with_suffix(".lock").read_text())
"""


@dataclass(frozen=True)
class Measured:
    """One project, and what the programs took over it so far."""

    specs: int
    root: Path
    stub: Stub
    programs: Mapping[str, list[str]]
    first: Cost
    taken: Mapping[str, list[Cost]]

    def take_turns(self, number: int) -> None:
        """Run every program once more; a peer for which it is too much only in the first round."""
        for name, words in self.programs.items():
            if number == 0 or name not in PEERS or self.specs < MUCH:
                cost = cost_of(words, self.root, environment_of(self.root, self.stub))
                self.taken[name].append(cost)

    def seconds(self, name: str) -> float:
        """Return a program's median CPU seconds."""
        return statistics.median(one.seconds for one in self.taken[name])

    @property
    def megabytes(self) -> float:
        """Return the largest peak of a plan with nothing to do."""
        return max(one.megabytes for one in self.taken["plan"])

    @property
    def requests(self) -> int:
        """Return how often each plan, the first one too, asked."""
        return self.stub.requests // (1 + len(self.taken["plan"]))


def dvc_programs(root: Path, specs: int, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Let dvc track the same data, and return how to ask it; nothing, with a word, if it cannot."""
    dvc = Path(sys.executable).with_name("dvc")
    if not dvc.exists():
        print("dvc is not installed (uv sync --group bench), so it is left out")
        return {}
    if specs > MOST_FOR_DVC:
        print(f"dvc would take minutes for {specs:,} files, so it is left out")
        return {}
    cost_of([str(dvc), "init", "--no-scm", "-q"], root, environment)
    data = sorted(str(path.relative_to(root)) for path in (root / "datasets").glob("*.jsonl"))
    cost_of([str(dvc), "add", "-q", *data], root, environment)
    return {"dvc status": [str(dvc), "status", "-q"]}


def environment_of(root: Path, stub: Stub) -> dict[str, str]:
    """Return the variables that lead a program to the stub."""
    return {
        "HOME": str(root),
        "PATH": os.environ["PATH"],
        "OPENAI_API_KEY": "sk-stub",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{stub.server_port}/v1",
    }


def begin(root: Path, specs: int) -> Measured:
    """Write a project of so many specs, let it be listed, and plan for the first time."""
    root.mkdir()
    write_project(root, specs)
    stub = Stub()
    Thread(target=stub.serve_forever, daemon=True).start()
    settle(open_workplace(root, None), stub)
    environment = environment_of(root, stub)
    programs = {
        "python": [sys.executable, "-c", "pass"],
        "--version": [sys.executable, "-m", "ftops", "--version"],
        "plan": PLAN,
        "plain loop": [sys.executable, "-c", LOOP],
        **dvc_programs(root, specs, environment),
    }
    first = cost_of(PLAN, root, environment)
    return Measured(specs, root, stub, programs, first, {name: [] for name in programs})


def tell(measured: Measured) -> None:
    """Print one line a program, with its target if it has one."""
    specs, bare, plan = measured.specs, measured.seconds("python"), measured.seconds("plan")
    print(f"{specs:,} specs; the first plan, which reads them all, {measured.first.seconds:.2f} s")
    for name in measured.taken:
        seconds = measured.seconds(name)
        told = f"  {name:11}{seconds:8.3f} s"
        if name == "--version":
            starts = seconds / bare
            told += f"  {starts:.2f} times bare python, at most {MOST_STARTS:g}: "
            told += word(starts <= MOST_STARTS)
        elif name == "plan":
            told += _within(seconds, MOST_SECONDS.get(specs), "s")
            told += f"  {measured.megabytes:.0f} MB"
            told += _within(measured.megabytes, MOST_MEGABYTES.get(specs), "MB")
            told += f"  {measured.requests} requests"
        elif name in PEERS:
            told += f"  {seconds / plan:.1f} times the plan"
        print(told, flush=True)


def tell_growth(few: Measured, many: Measured, before: float | None) -> float:
    """Print and return the microseconds of one spec more, beside those of the step before."""
    added = many.seconds("plan") - few.seconds("plan")
    each = added / (many.specs - few.specs) * 1e6
    verdict = "" if before is None else f"  {word(each <= before * MOST_GROWTH)}"
    print(f"from {few.specs:,} to {many.specs:,} specs: {each:.0f} µs for each spec more{verdict}")
    return each


def _within(value: float, most: float | None, unit: str) -> str:
    return "" if most is None else f", at most {most:g} {unit}: {word(value <= most)}"


def word(passes: bool) -> str:  # noqa: FBT001 - the one thing it is told
    """Return the verdict."""
    return "pass" if passes else "MISS"


def main() -> None:
    """Measure each size, all of them in turns, and show what one more spec costs."""
    sizes = [int(argument) for argument in sys.argv[1:]] or SPECS
    with tempfile.TemporaryDirectory() as folder:
        told = [begin(Path(folder, str(specs)), specs) for specs in sizes]
        for number in range(ROUNDS):
            for one in told:
                one.take_turns(number)
        for one in told:
            tell(one)
        each = None
        for few, many in pairwise(told):
            each = tell_growth(few, many, each)


if __name__ == "__main__":
    main()
