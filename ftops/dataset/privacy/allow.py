"""The allow file: digests of the values that are meant to be in a dataset, never the values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ftops.core.privacy import Kind
from ftops.dataset.privacy.look import look
from ftops.dataset.privacy.values import normal_form, sha256

_LINE: Final = re.compile(r"(?:sha256:(?P<digest>[0-9a-f]{64}))?\s*(?:#.*)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What one file allows, and the numbers of the lines that say nothing we know."""

    digests: frozenset[str]
    wrong_lines: tuple[int, ...] = ()


def read_allowed(lines: Iterable[str]) -> Allowed:
    """Read a file of `sha256:<64 hex>` lines; `#` begins a comment."""
    digests, wrong = set[str](), []
    for number, line in enumerate(lines, start=1):
        match = _LINE.match(line.strip())
        if match is None:
            wrong.append(number)
        elif match["digest"]:
            digests.add(match["digest"])
    return Allowed(digests=frozenset(digests), wrong_lines=tuple(wrong))


def digests_of(kind: Kind, value: str) -> Iterator[str]:
    """Yield the digests that allow a value: as it is written, and in the form common to all."""
    yield sha256(value)
    yield sha256(normal_form(kind, value))


def line_for(value: str) -> str:
    """Return the line that allows a value, however it is written if it is known what it is."""
    found = [one for one in look(value) if (one.start, one.end) == (0, len(value))]
    written = normal_form(found[0].kind, value) if found else value
    about = f"  # {found[0].kind}" if found else ""
    return f"sha256:{sha256(written)}{about}"
