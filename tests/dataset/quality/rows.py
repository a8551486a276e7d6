"""Rows that nothing is to be said against, and files made of them."""

import hashlib
import io
import json
from typing import Any, Final

from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.figures import Quality
from ftops.dataset.quality.reading import read_sides

Json = dict[str, Any]

ENOUGH: Final = 60
_TEXT: Final = """amber basket candle dragon engine forest garden hammer island jacket kettle
ladder magnet needle orange pencil quiver ribbon saddle tunnel umbrella velvet window yellow zipper
anchor bridge copper desert eleven falcon glider harbor insect jungle kitten lemon marble noodle
oyster parrot quartz rocket silver turtle urchin violet walnut yogurt zebra"""
_WORDS: Final = _TEXT.split()


def words(seed: str, count: int) -> str:
    """Return words that are always the same for a seed, and hardly ever for two."""
    found = []
    for number in range(count):
        digest = hashlib.sha256(f"{seed} {number}".encode()).digest()
        found.append(_WORDS[digest[0] % len(_WORDS)])
    return " ".join(found)


def chat(question: str, answer: str, system: str | None = None) -> Json:
    """A conversation of one turn."""
    begin = [] if system is None else [{"role": "system", "content": system}]
    turn = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": [*begin, *turn]}


def good(number: int, system: str | None = None) -> Json:
    """One of many rows that have nothing in common."""
    question = f"what about the {words(f'q{number}', 9)}"
    return chat(question, f"that is the {words(f'a{number}', 14)} and it is for you", system)


def goods(count: int = ENOUGH, system: str | None = None) -> list[Json]:
    """So many good rows."""
    return [good(number, system) for number in range(count)]


def file_of(rows: list[Json]) -> io.BytesIO:
    """A file of rows."""
    return io.BytesIO("".join(f"{json.dumps(row)}\n" for row in rows).encode())


def judged(
    rows: list[Json], validation: list[Json] | None = None, method: str = "supervised"
) -> Quality:
    """What is to be said of rows."""
    held_out = None if validation is None else [(None, file_of(validation))]
    return assess(read_sides([(None, file_of(rows))], held_out, method=method))


def codes(quality: Quality) -> list[str]:
    """The codes that were found."""
    return [finding.code.value for finding in quality.findings]
