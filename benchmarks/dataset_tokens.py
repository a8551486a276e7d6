"""What exact tokens cost: the whole check with them against the usual loops with tiktoken.

Run `python benchmarks/dataset_tokens.py [MEGABYTES]` (50 without it, a minute; 500 takes eight).
Everybody reads the same rows and counts with the same tables; the loops take turns in one process,
and the medians of CPU time are compared. The target is for what each row takes; what loading the
tables and starting add is told below it, and weighs less the more rows there are. "cookbook" is the
per-row checking and counting of the provider's notebook: format checks, then tokens of all
messages, then of the answers once more. Its rows call no tools, which it does not know. "exact"
counts as ftops does in files over 24 MB, with the package gigatoken; "exact, without it" as it does
where that is not installed. At the end whole commands are compared, by the CPU time of their
processes from start to end: `ftops validate --only tokens --exact`, in a new project, and the
notebook's cells as a script.
"""

import base64
import gzip
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from typing import Any

import tiktoken
from dataset_scale import make_project
from generated_rows import LONG, generated_rows
from tiktoken_ext import openai_public  # type: ignore[import-untyped]  # ships no types

from ftops.dataset.check import check_stream
from ftops.dataset.counting.fast_counter import fast_counter
from ftops.dataset.counting.tally import BY_LENGTH, Counting, counting_for
from ftops.dataset.counting.vocabulary import O200K, PACKAGE, exact_counter

ROUNDS = 3
MEGABYTES = 50.0
TARGET = 5
AGAINST = "check, sha256, exact against cookbook"
NOTEBOOK = "--notebook"
COUNTING = counting_for("gpt-4.1")

Loop = Callable[[list[bytes]], int]


def tiktoken_table() -> tiktoken.Encoding:
    """Return tiktoken's encoding, fed from the very tables that ftops counts with."""
    package = find_spec(PACKAGE)
    places = package.submodule_search_locations if package else None
    if not places:
        raise SystemExit("bpe-openai is not installed")
    packed = (Path(places[0]) / "data" / f"{O200K}.tiktoken.gz").read_bytes()
    lines = (line.split() for line in gzip.decompress(packed).splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    return tiktoken.Encoding(
        name=O200K,
        pat_str=pattern(),
        mergeable_ranks=ranks,
        special_tokens={},
    )


def pattern() -> str:
    """Return the pattern of tiktoken's own definition, without the download it begins with."""
    fetch = openai_public.load_tiktoken_bpe
    openai_public.load_tiktoken_bpe = lambda *_, **__: {}
    try:
        return str(openai_public.o200k_base()["pat_str"])
    finally:
        openai_public.load_tiktoken_bpe = fetch


def with_tiktoken(table: tiktoken.Encoding) -> Loop:
    """Return the plain loop: parse, and count what the rule says."""

    def count(lines: list[bytes]) -> int:
        return sum(count_messages(table, json.loads(line)["messages"]) for line in lines)

    return count


def count_messages(table: tiktoken.Encoding, messages: list[dict[str, Any]]) -> int:
    """Count as the notebook does: 3 a message, 3 an example, every value encoded."""
    tokens = 3
    for message in messages:
        tokens += 3
        for key, value in message.items():
            tokens += len(table.encode_ordinary(value))
            tokens += key == "name"
    return tokens


def cookbook(table: tiktoken.Encoding) -> Loop:
    """Return the notebook's shape: all rows in memory, a pass of checks, a pass of tokens."""

    def count(lines: list[bytes]) -> int:
        rows = [json.loads(line) for line in lines]
        wrong = sum(not is_right(one) for one in rows)
        tokens = 0
        answers = 0
        for one in rows:
            tokens += count_messages(table, one["messages"])
            for message in one["messages"]:
                if message["role"] == "assistant":
                    answers += len(table.encode_ordinary(message["content"]))
        return tokens if not wrong and answers else 0

    return count


def is_right(row: dict[str, Any]) -> bool:
    """Check what the notebook checks."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        return False
    for message in messages:
        if "role" not in message or "content" not in message:
            return False
        if any(
            key not in {"role", "content", "name", "function_call", "weight"} for key in message
        ):
            return False
        if message["role"] not in {"system", "user", "assistant", "function"}:
            return False
        if not isinstance(message["content"], str):
            return False
    return any(message["role"] == "assistant" for message in messages)


def exact(lines: list[bytes]) -> int:
    """Check as ftops does: every finding, sha256, every token."""
    return check_with(lines, replace(COUNTING, much=True))


def exact_without(lines: list[bytes]) -> int:
    """Check as ftops does without gigatoken."""
    return check_with(lines, COUNTING)


def check_with(lines: list[bytes], counting: Counting) -> int:
    """Return the tokens of the whole check."""
    content = io.BytesIO(b"".join(lines))
    return check_stream(content, method="supervised", counting=counting).tokens


def sampled(lines: list[bytes]) -> int:
    """Check as ftops does over 64 MB."""
    return check_with(lines, replace(COUNTING, sampled=True))


def by_length(lines: list[bytes]) -> int:
    """Check as ftops does without a vocabulary."""
    return check_with(lines, BY_LENGTH)


def timed(begin: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    begun = time.process_time()
    begin()
    return time.process_time() - begun


def compare_commands(lines: list[bytes]) -> float:
    """Return how many times the CPU time of ftops the notebook takes, by the medians of turns."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_project(root, 0)
        rows = root / "data.jsonl"
        rows.write_bytes(b"".join(lines))
        validate = ("-m", "ftops", "--root", folder, "validate", "--only", "tokens", "--exact")
        commands = {"notebook": (__file__, NOTEBOOK, str(rows)), "ftops": validate}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            rmtree(root / ".ftops", ignore_errors=True)
            for name, words in commands.items():
                taken[name].append(cpu_of(words))
    spent = {name: statistics.median(times) for name, times in taken.items()}
    print("as commands: " + ", ".join(f"{name} {spent[name]:.2f} s of CPU" for name in spent))
    return spent["notebook"] / spent["ftops"]


def cpu_of(words: Sequence[str]) -> float:
    """Return the CPU seconds of a Python and of what it started."""
    with subprocess.Popen(  # noqa: S603 - ftops, or this script
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{words[0]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print one line a loop."""
    if sys.argv[1:2] == [NOTEBOOK]:
        with Path(sys.argv[2]).open("rb") as file:
            raise SystemExit(not cookbook(tiktoken_table())(list(file)))
    megabytes = float(sys.argv[1]) if sys.argv[1:] else MEGABYTES
    rows = generated_rows(megabytes * 1e6, LONG)
    lines = [line for line in rows if b'"tools"' not in line and b'"weight"' not in line]
    size = sum(map(len, lines))
    loading = timed(lambda: exact_counter(O200K))
    loading_fast = timed(lambda: fast_counter(O200K))
    tables: list[tiktoken.Encoding] = []
    loading_theirs = timed(lambda: tables.append(tiktoken_table()))
    print(f"{size / 1e6:.1f} MB, {len(lines)} rows; tables loaded in {loading:.2f} s of CPU,")
    print(f"gigatoken's in {loading_fast:.2f} s, tiktoken's in {loading_theirs:.2f} s\n")
    loops: dict[str, Loop] = {
        "cookbook with tiktoken": cookbook(tables[0]),
        "json and tiktoken": with_tiktoken(tables[0]),
        "check, sha256, exact": exact,
        "exact, without gigatoken": exact_without,
        "check, sha256, sampled": sampled,
        "check, sha256, by length": by_length,
    }
    found = {name: loop(lines) for name, loop in loops.items()}
    if found["json and tiktoken"] != found["check, sha256, exact"]:
        raise SystemExit(f"the counts differ: {found}")
    taken: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(ROUNDS):
        for name, loop in loops.items():
            taken[name].append(timed(lambda loop=loop: loop(lines)))  # type: ignore[misc]  # a default, bound now
    slowest = statistics.median(taken["cookbook with tiktoken"])
    for name, times in taken.items():
        spent = statistics.median(times)
        off = found[name] / found["json and tiktoken"] - 1
        print(f"{name:26}{size / 1e6 / spent:7.1f} MB/s {slowest / spent:6.1f}x  {off:+.2%} tokens")
    spent = statistics.median(taken["check, sha256, exact"])
    by_row = slowest / spent
    with_loading = (slowest + loading_theirs) / (spent + loading_fast)
    verdict = "pass" if by_row >= TARGET else "MISS"
    print(f"\n{AGAINST:40}{by_row:6.1f}x  target {TARGET}x  {verdict}")
    print(f"{'  with the loading of both':40}{with_loading:6.1f}x")
    print(f"{'  as commands from start to end':40}{compare_commands(lines):6.1f}x")


if __name__ == "__main__":
    main()
