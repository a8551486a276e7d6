"""What exact tokens cost: the whole check with them against the usual loops with tiktoken.

Run `python benchmarks/dataset_tokens.py [MEGABYTES]` (8 without it). Everybody reads the same rows
and counts with the same tables; the loops take turns in one process, and the medians of CPU time
are compared. "cookbook" is the per-row checking and counting of the provider's notebook: format
checks, then tokens of all messages, then of the answers once more. Loading the tables is told
apart.
"""

import base64
import gzip
import io
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import tiktoken
from tiktoken_ext import openai_public  # type: ignore[import-untyped]  # ships no types

from ftops.dataset.check import check_stream
from ftops.dataset.counting import BY_LENGTH, counting_for
from ftops.dataset.vocabulary import O200K, PACKAGE, exact_counter

ROUNDS = 5
MEGABYTES = 8
SYSTEM = "You are a friendly support agent of Acme. Answer briefly, and never promise a date."
TOPICS = ["order", "refund", "parcel", "invoice", "account", "password", "delivery", "warranty"]
VERBS = ["find", "change", "cancel", "return", "explain", "confirm", "follow", "describe"]
FOREIGN = ["größer", "où est", "заказ", "订单还没有到", "主文", "naïve", "ありがとう", "🎉"]
CODE = 'def total(rows):\n    return sum(row["price"] * row["count"] for row in rows)\n'
FOREIGN_SHARE = 0.15
CODE_SHARE = 0.1

Loop = Callable[[list[bytes]], int]


def sentence(dice: random.Random) -> str:
    """Return words that hardly repeat, as people's words do not."""
    words = [f"{dice.choice(VERBS)} the {dice.choice(TOPICS)} {dice.randrange(10**6)}"]
    words += dice.choices(
        ["please", "because", "it", "was", "late", "and", "I", "need", "now"], k=9
    )
    if dice.random() < FOREIGN_SHARE:
        words += dice.choices(FOREIGN, k=4)
    return " ".join(words) + "."


def row(dice: random.Random) -> bytes:
    """Return one conversation, of one to ten turns."""
    messages = [{"role": "system", "content": SYSTEM}]
    for _ in range(dice.choice([1, 2, 4, 10])):
        for role in ("user", "assistant"):
            text = " ".join(sentence(dice) for _ in range(dice.choice([1, 2, 6])))
            if dice.random() < CODE_SHARE:
                text += f"\n\n```python\n{CODE}```"
            messages.append({"role": role, "content": text})
    return json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n"


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
    content = io.BytesIO(b"".join(lines))
    return check_stream(content, method="supervised", counting=counting_for("gpt-4.1")).tokens


def sampled(lines: list[bytes]) -> int:
    """Check as ftops does over 64 MB."""
    counting = counting_for("gpt-4.1", sampled=True)
    return check_stream(io.BytesIO(b"".join(lines)), method="supervised", counting=counting).tokens


def by_length(lines: list[bytes]) -> int:
    """Check as ftops does without a vocabulary."""
    content = io.BytesIO(b"".join(lines))
    return check_stream(content, method="supervised", counting=BY_LENGTH).tokens


def timed(begin: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    begun = time.process_time()
    begin()
    return time.process_time() - begun


def main() -> None:
    """Print one line a loop."""
    megabytes = float(sys.argv[1]) if sys.argv[1:] else MEGABYTES
    dice = random.Random(1)  # noqa: S311 - sample text, not a secret
    lines: list[bytes] = []
    size = 0
    while size < megabytes * 1e6:
        lines.append(row(dice))
        size += len(lines[-1])
    loading = timed(lambda: exact_counter(O200K))
    tables: list[tiktoken.Encoding] = []
    loading_theirs = timed(lambda: tables.append(tiktoken_table()))
    print(f"{size / 1e6:.1f} MB, {len(lines)} rows; tables loaded in {loading:.2f} s of CPU,")
    print(f"tiktoken's in {loading_theirs:.2f} s\n")
    loops: dict[str, Loop] = {
        "cookbook with tiktoken": cookbook(tables[0]),
        "json and tiktoken": with_tiktoken(tables[0]),
        "check, sha256, exact": exact,
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


if __name__ == "__main__":
    main()
