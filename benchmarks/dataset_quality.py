"""How fast the quality of a dataset is judged, and in how much memory.

Run `python benchmarks/dataset_quality.py [MB…]`; the default is 5, 50 and 150 MB. Rows are made of
random words in mixed lengths, so that hardly any two are alike; one in fifty is a copy, one in
fifty nearly one. Each size runs in a process of its own, whose CPU time and peak memory are told.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.reading import read_sides

SIZES = (5, 50, 150)
BUFFER = 1 << 20
VOCABULARY = 5_000
TEXT = "ba co du fe gi ho ju ka le mi no pu ra se ti vo wa xe yo zu"
SYLLABLES = TEXT.split()
RARE = 0.02


def make_words(dice: random.Random) -> list[str]:
    """Return words as frequent as words are: a few often, most seldom."""
    return ["".join(dice.choices(SYLLABLES, k=dice.choice((1, 2, 3)))) for _ in range(VOCABULARY)]


def write_rows(path: Path, size: int) -> None:
    """Write a dataset of about so many bytes."""
    dice = random.Random(1)  # noqa: S311 - sample text, not a secret
    words = make_words(dice)
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    system = {"role": "system", "content": "You are a friendly support agent of Acme."}
    last: list[dict[str, str]] = []
    written = 0
    with path.open("wb") as file:
        while written < size:
            fate = dice.random()
            if last and fate < RARE:
                messages = last
            elif last and fate < 2 * RARE:
                *before, answer = last
                messages = [*before, {**answer, "content": f"{answer['content']} indeed"}]
            else:
                length, turns = dice.choice((8, 60)), dice.choice((1, 5))
                messages = [system]
                for _ in range(turns):
                    for role in ("user", "assistant"):
                        said = " ".join(dice.choices(words, weights, k=length))
                        messages.append({"role": role, "content": said})
            last = messages
            written += file.write(json.dumps({"messages": messages}).encode() + b"\n")


def judge(path: Path) -> None:
    """Judge one file and print what it took; runs in a process of its own."""
    begun = time.process_time()
    with path.open("rb", buffering=BUFFER) as stream:
        sides = read_sides([(None, stream)], None, method="supervised")
    read = time.process_time()
    figures = assess(sides).training
    done = time.process_time()
    size = path.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{size:5.0f} MB {figures.rows:8,} of {figures.legal_rows:8,} rows "
        f"{size / (read - begun):8.0f} {size / (done - begun):8.0f} MB/s {done - begun:7.1f} s "
        f"{peak:6.0f} MB {figures.repeated_rows:7,} {figures.near_copied_rows:7,}"
    )


def main() -> None:
    """Print one line a size."""
    if sys.argv[1:2] == ["--judge"]:
        judge(Path(sys.argv[2]))
        return
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    header = f"{'reading':>43} {'whole':>8} {'CPU':>12} {'peak':>10} {'repeats':>10} {'near':>7}"
    print(header)
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.jsonl"
            write_rows(path, size * 1_000_000)
            command = [sys.executable, __file__, "--judge", str(path)]
            subprocess.run(command, check=True)  # noqa: S603 - this very program
            path.unlink()


if __name__ == "__main__":
    main()
