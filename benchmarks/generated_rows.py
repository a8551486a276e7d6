"""The rows that benchmarks read: chats of mixed lengths, with foreign words, code and tools.

Run `python benchmarks/generated_rows.py MEGABYTES PATH` to have them as a file. One row in twenty
calls a tool and one has weights, one in ten is about code; in one message of seven there are
foreign words, and a quarter of the rows is written in ASCII. No two texts are alike.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SYSTEM = "You are a friendly support agent of Acme. Answer briefly, and never promise a date."
TEXT = """please could you tell me where the order is because it was due on Monday and nobody at
the shop has answered since then so what should we do about our money now return the parcel invoice
account password delivery warranty explain confirm follow describe find change cancel"""
WORDS = TEXT.split()
FOREIGN = ["größer", "où est", "заказ", "订单还没有到", "主文", "naïve", "ありがとう", "🎉"]
CODE = (
    'def total(rows):\n    """Add up."""\n    return sum(row["price"] * row["n"] for row in rows)\n'
)
TOOL = {
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Find an order by its number.",
        "parameters": {
            "type": "object",
            "properties": {"id": {"type": "string", "description": "The order's number."}},
            "required": ["id"],
        },
    },
}
LONG = ((2, 4, 6, 8), (10, 40, 70))
SHORT = ((1,), (4, 8, 14))
"""Turns, and words a message: rows of about 3 kB, and of about 340 bytes."""

Shape = tuple[tuple[int, ...], tuple[int, ...]]
TOOLS_SHARE, CODE_SHARE, WEIGHTS_SHARE = 0.05, 0.10, 0.05
FOREIGN_SHARE, ASCII_SHARE = 0.15, 0.25


def generated_rows(
    size: float, shape: Shape, *, dirty: float = 0, seed: int = 1
) -> Iterator[bytes]:
    """Yield lines of about so many bytes in all; a share of them has a wrong weight."""
    dice = random.Random(seed)  # noqa: S311 - sample text, not a secret
    while size > 0:
        line = make_row(dice, shape)
        if dice.random() < dirty:
            line = line.replace(b'"role": "assistant"', b'"role": "assistant", "weight": 2', 1)
        size -= len(line)
        yield line


def make_row(dice: random.Random, shape: Shape) -> bytes:
    """Return one conversation."""
    turns, words = shape
    kind = dice.random()
    messages: list[dict[str, Any]] = [{"role": "system", "content": SYSTEM}]
    for _ in range(dice.choice(turns)):
        messages.append({"role": "user", "content": make_text(dice, dice.choice(words))})
        if kind < TOOLS_SHARE:
            messages += make_call(dice)
        answer = {"role": "assistant", "content": make_text(dice, dice.choice(words))}
        if TOOLS_SHARE < kind < TOOLS_SHARE + CODE_SHARE:
            answer["content"] += f"\n\n```python\n{CODE}```"
        messages.append(answer)
    if kind > 1 - WEIGHTS_SHARE:
        messages[2]["weight"] = 1
    row = {"messages": messages, "tools": [TOOL]} if kind < TOOLS_SHARE else {"messages": messages}
    return json.dumps(row, ensure_ascii=dice.random() < ASCII_SHARE).encode() + b"\n"


def make_text(dice: random.Random, words: int) -> str:
    """Return words that hardly repeat, as people's words do not."""
    said = dice.choices(WORDS, k=words)
    if dice.random() < FOREIGN_SHARE:
        said += dice.choices(FOREIGN, k=3)
    return f"{' '.join(said)} {dice.randrange(10**6)}."


def make_call(dice: random.Random) -> list[dict[str, Any]]:
    """Return a call of the tool and its answer."""
    call = f"call_{dice.randrange(10**9)}"
    arguments = json.dumps({"id": str(dice.randrange(10**6))})
    function = {"name": "find_order", "arguments": arguments}
    return [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": call, "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": call, "content": make_text(dice, 8)},
    ]


def main() -> None:
    """Write a file of 3 kB rows."""
    with Path(sys.argv[2]).open("wb") as file:
        file.writelines(generated_rows(float(sys.argv[1]) * 1e6, LONG))


if __name__ == "__main__":
    main()
