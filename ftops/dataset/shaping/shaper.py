"""Rows as a spec shapes them: a system prompt before them, some left out, some drawn by seed.

A shaped row has one spelling, so the same rows always make the same bytes. What a filter asks for
does not depend on a vocabulary or on this machine, so neither do the rows it keeps.
"""

import codecs
import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from ftops.core.shaping import Shaping
from ftops.dataset.formats import FORMAT_OF, AssistantMessage, Message, Row, UserMessage
from ftops.dataset.rows import decode_row
from ftops.dataset.shaping.canonical_rows import canonical_bytes, messages_of, with_system

_SPACE: Final = 1 << 64

Place = tuple[int, int]


class Shaper:
    """Shapes rows one by one, all but the drawing."""

    def __init__(self, shaping: Shaping) -> None:
        self._shaping = shaping
        self._format = FORMAT_OF[shaping.method]

    def shape(self, line: bytes) -> bytes:
        """Return the row's line as it is uploaded; nothing if it is left out or blank.

        What cannot be read stays as it is: the check of the files has refused it.
        """
        bare = line.removeprefix(codecs.BOM_UTF8)
        decoded = decode_row(bare, self._format)
        if decoded is None:
            return bare if bare.strip() else b""
        row, whole = decoded
        if not self._keeps(row):
            return b""
        if self._shaping.system is not None:
            row = with_system(row, self._shaping.system)
        return canonical_bytes(row, whole)

    def rows(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the rows that are kept."""
        return filter(None, map(self.shape, lines))

    def _keeps(self, row: Row) -> bool:
        shaping, messages = self._shaping, messages_of(row)
        turns = sum(isinstance(one, UserMessage) for one in messages)
        if turns < (shaping.min_turns or 0):
            return False
        if shaping.max_turns is not None and turns > shaping.max_turns:
            return False
        if shaping.max_characters is None and not (shaping.contains or shaping.without):
            return True
        return self._keeps_texts(list(map(_said, messages)))

    def _keeps_texts(self, texts: list[str]) -> bool:
        shaping = self._shaping
        most = shaping.max_characters
        if most is not None and sum(map(len, texts)) > most:
            return False
        if any(word in text for word in shaping.without for text in texts):
            return False
        wanted = shaping.contains
        return not wanted or any(word in text for word in wanted for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A decided draw: rows whose place comes before the border, or is it, are in it."""

    seed: int
    border: Place

    def picker(self) -> Callable[[bytes], bytes]:
        """Return what is asked for each row in order; it answers with the row, or nothing."""
        numbers = count()

        def pick(row: bytes) -> bytes:
            drawn = row and (_hash(row, self.seed), next(numbers)) <= self.border
            return row if drawn else b""

        return pick


def decide_draw(rows: Iterable[bytes], shaping: Shaping) -> Draw | None:
    """Decide which of the rows are drawn, reading all of them if a number is; None for all.

    A hash of the row and the seed decides, so rows that are added push out as few as can be.
    """
    if shaping.sample_share is not None:
        border = (int(shaping.sample_share * _SPACE) - 1, _SPACE)
        return Draw(seed=shaping.seed, border=border)
    if shaping.sample_rows is None:
        return None
    places = ((_hash(row, shaping.seed), number) for number, row in enumerate(filter(None, rows)))
    drawn = heapq.nsmallest(shaping.sample_rows, places)
    return Draw(seed=shaping.seed, border=drawn[-1] if drawn else (-1, -1))


def _said(message: Message) -> str:
    """Return the message's text: parts, refusals and calls, but not where a picture lies."""
    content = message.content
    parts = [content] if isinstance(content, str) else map(_text_in, content or ())
    said = [*parts]
    if isinstance(message, AssistantMessage):
        said += [message.refusal] if message.refusal else []
        calls = [call.function for call in message.tool_calls or ()]
        calls += [message.function_call] if message.function_call else []
        said += [text for call in calls for text in (call.name, call.arguments)]
    return "\n".join(filter(None, said))


def _text_in(part: object) -> str:
    return str(getattr(part, "text", "") or getattr(part, "refusal", ""))


def _hash(row: bytes, seed: int) -> int:
    # Another beginning than a split's, or a sample would be of one side alone.
    digest = hashlib.sha256(b"sample %d\n" % seed + row).digest()
    return int.from_bytes(digest[:8], "big")
