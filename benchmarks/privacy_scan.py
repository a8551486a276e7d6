"""How well personal data and secrets are found, and how fast, on texts of our own making.

Run `python benchmarks/privacy_scan.py`. Each line of the corpus plants a value or a look-alike;
`--misses` prints the lines that went wrong. Speed is CPU time of whole passes over chat rows.
"""

import io
import json
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ftops.core.privacy import BY_MODEL, Kind, Response
from ftops.dataset.privacy.look import look
from ftops.dataset.privacy.scan import scan_files
from ftops.dataset.privacy.scanned import Rules

CORPUS = Path(__file__).parent.parent / "tests/dataset/privacy/corpus.jsonl"
ALL = Rules(responses=tuple((kind, Response.WARN) for kind in Kind))
ROUNDS = 5
SIZE = 4 << 20
PROSE = """please could you tell me where the order 4711 is because it was due on Monday and nobody
at the shop has answered since then, so what should we do about our money now? We have written to
the office in the old town more than once, and each time we were told to wait for another week, and
that is no way to treat people who have paid long before the parcel was even packed."""
FIGURES = "It cost 19.99 on 2024-05-01 and the invoice says A-2231-77"
PLANTED = ["mira.oldfield@quietharbor-mail.net", "+49 171 9283746", "84.161.33.219"]


def corpus() -> list[dict[str, Any]]:
    """Return the lines of the corpus."""
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def score(lines: list[dict[str, Any]], *, told: bool = False) -> dict[str, Counter[str]]:
    """Count hits, misses and false alarms by kind; a value counts if its bounds are right too."""
    scores: dict[str, Counter[str]] = {kind: Counter() for kind in Kind if kind not in BY_MODEL}
    for line in lines:
        text, wanted = line["text"], (line["kind"], line.get("value"))
        found = {(str(one.kind), text[one.start : one.end]) for one in look(text)}
        if line["kind"] is not None:
            scores[line["kind"]]["planted"] += 1
            scores[line["kind"]]["hit" if wanted in found else "missed"] += 1
        elif line["like"] in scores:
            scores[line["like"]]["look-alikes"] += 1
        for kind, _ in found - {wanted}:
            scores[kind]["false"] += 1
        if told and found != ({wanted} if line["kind"] else set()):
            print(f"{line['kind'] or 'nothing'}: {text!r} -> {sorted(found)}")
    return scores


def row(dice: random.Random, pool: list[str], words: int, planted: str) -> bytes:
    """One chat row of six messages."""
    messages = []
    for index in range(6):
        text = " ".join(dice.choices(pool, k=words)) + (planted if index == 1 else "")
        messages.append({"role": ("user", "assistant")[index % 2], "content": text})
    return json.dumps({"messages": messages}).encode() + b"\n"


def rows(text: str, words: int, share: float) -> bytes:
    """Return rows of about `SIZE` bytes in all, a share of them with something to find."""
    dice = random.Random(1)  # noqa: S311 - sample text, not a secret
    made: list[bytes] = []
    size = 0
    while size < SIZE:
        planted = f" write to {dice.choice(PLANTED)}" if dice.random() < share else ""
        made.append(row(dice, text.split(), words, planted))
        size += len(made[-1])
    return b"".join(made)


def speed(content: bytes) -> float:
    """Return MB a second of CPU time, by the median."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        scan_files([(None, io.BytesIO(content))], ALL)
        taken.append(time.process_time() - begun)
    return len(content) / 1e6 / statistics.median(taken)


def main() -> None:
    """Print the table and the speeds."""
    scores = score(corpus(), told="--misses" in sys.argv)
    total: Counter[str] = Counter()
    print(f"{'kind':20} planted  found  recall  look-alikes  false  precision")
    for kind, counts in [*scores.items(), ("all", total)]:
        total.update(counts if counts is not total else {})
        hit, false = counts["hit"], counts["false"]
        print(
            f"{kind:20} {counts['planted']:7} {hit:6} {hit / max(1, counts['planted']):7.0%}"
            f" {counts['look-alikes']:12} {false:6} {hit / max(1, hit + false):10.0%}"
        )
    for title, text, words, share in (
        ("prose, 3 kB rows", PROSE, 95, 0.0),
        ("prose, a value in every tenth", PROSE, 95, 0.1),
        ("prose, 0.4 kB rows", PROSE, 8, 0.0),
        ("full of figures, 3 kB rows", PROSE + FIGURES * 3, 95, 0.0),
    ):
        print(f"{title:30} {speed(rows(text, words, share)):5.1f} MB/s of CPU")


if __name__ == "__main__":
    main()
