"""How much faster the typed path checks rows than plain JSON loops, on clean and on dirty lines.

Run `python benchmarks/dataset_check.py`. The loops take turns in one process, and the medians of
CPU time are compared: parsing alone; parsing with a hand-written yes or no for these simple rows;
parsing with every finding in words; the typed path; the whole pass with digest, counts and tokens.
"""

import io
import json
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from ftops.dataset.check import check_stream
from ftops.dataset.explain import explain
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge

ROUNDS = 7
SIZE = 4 << 20
TEXT = """please could you tell me where the order 4711 is because it was due on Monday and
nobody at the shop has answered since then, so what should we do about our money now?"""
WORDS = TEXT.split()
FOREIGN = ["naïve", "où", "größer", "заказ", "订单", "🎉"]
FOREIGN_SHARE = 0.15
KEYS = {
    "system": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "weight"},
}

Loop = Callable[[list[bytes]], int]


def row(dice: random.Random, words: int, turns: int) -> bytes:
    """One row of so many words a message and so many turns."""
    pool = WORDS + FOREIGN if dice.random() < FOREIGN_SHARE else WORDS
    messages = [{"role": "system", "content": "You are a friendly support agent of Acme."}]
    for _ in range(turns):
        messages.append({"role": "user", "content": " ".join(dice.choices(pool, k=words))})
        messages.append({"role": "assistant", "content": " ".join(dice.choices(pool, k=words))})
    return json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n"


def rows(words: int, turns: int, *, dirty: float = 0) -> list[bytes]:
    """Return lines of about `SIZE` bytes in all, a share of them with a wrong weight."""
    dice = random.Random(1)  # noqa: S311 - sample text, not a secret
    lines: list[bytes] = []
    size = 0
    while size < SIZE:
        line = row(dice, words, turns)
        if dice.random() < dirty:
            line = line.replace(b'"role": "assistant"', b'"role": "assistant", "weight": 2', 1)
        lines.append(line)
        size += len(line)
    return lines


def only_parse(lines: list[bytes]) -> int:
    """Parse and check nothing: what no plain loop can be faster than."""
    return sum(json.loads(line) is None for line in lines)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, and refuse one with a key twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def is_message(message: dict[str, Any]) -> bool:
    """Return whether a simple message is legal."""
    content = message.get("content")
    weight = message.get("weight", 1)
    return (
        message.keys() <= KEYS.get(message.get("role", ""), set())
        and isinstance(content, str)
        and bool(content)
        and isinstance(message.get("name", ""), str)
        and type(weight) is int
        and weight in {0, 1}
    )


def by_hand(lines: list[bytes]) -> int:
    """Parse, and say yes or no with the same rules, written for simple rows only."""
    wrong = 0
    for line in lines:
        read = json.loads(line.decode(), object_pairs_hook=once)
        messages = read.get("messages")
        legal = read.keys() == {"messages"} and bool(messages)
        legal = legal and all(is_message(message) for message in messages)
        answers = [m for m in messages if m["role"] == "assistant" and m.get("weight") != 0]
        wrong += not (legal and answers and messages[-1]["role"] == "assistant")
    return wrong


def in_words(lines: list[bytes]) -> int:
    """Parse, and explain every line."""
    return sum(bool(explain(line, Format.CHAT)) for line in lines)


def typed(lines: list[bytes]) -> int:
    """Take the typed path, and the other only where it says no."""
    return sum(bool(judge(line, Format.CHAT)[1]) for line in lines)


def whole(lines: list[bytes]) -> int:
    """Check as the product does: with digest, counts and tokens."""
    return check_stream(io.BytesIO(b"".join(lines)), method="supervised").errors


LOOPS: dict[str, Loop] = {
    "json": only_parse,
    "by hand": by_hand,
    "in words": in_words,
    "typed": typed,
    "whole": whole,
}


def measure(lines: list[bytes]) -> dict[str, float]:
    """Return the MB each loop does in a second of CPU time, by the median of rounds in turns."""
    taken: dict[str, list[float]] = {name: [] for name in LOOPS}
    for _ in range(ROUNDS):
        for name, loop in LOOPS.items():
            begun = time.process_time()
            loop(lines)
            taken[name].append(time.process_time() - begun)
    size = sum(map(len, lines)) / 1e6
    return {name: size / statistics.median(times) for name, times in taken.items()}


def main() -> None:
    """Print one line a set."""
    sets = {
        "long lines (3 kB)": rows(60, 5),
        "long lines, 1 % bad": rows(60, 5, dirty=0.01),
        "short lines (0.2 kB)": rows(8, 1),
    }
    print(
        f"{'MB/s of CPU':22}", *(f"{name:>9}" for name in LOOPS), "  typed/by hand  typed/in words"
    )
    for title, lines in sets.items():
        if len({LOOPS[name](lines) for name in ("by hand", "in words", "typed")}) > 1:
            raise SystemExit("the loops disagree")
        speed = measure(lines)
        ratios = (speed["typed"] / speed[name] for name in ("by hand", "in words"))
        print(
            f"{title:22}",
            *(f"{figure:9.0f}" for figure in speed.values()),
            *(f"{ratio:14.1f}x" for ratio in ratios),
        )


if __name__ == "__main__":
    main()
