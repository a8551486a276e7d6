"""How values are written on a page: everything from elsewhere is made harmless and escaped."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote

from markupsafe import Markup, escape

from ftops.render.safe_text import one_line, shortened
from ftops.render.words import dollars

NONE: Final = "–"  # noqa: RUF001 - the dash that stands where there is nothing
SHORT_COMMIT: Final = 8
SHORT_DIGEST: Final = 12

TONES: Final[Mapping[str, str]] = {
    "in-sync": "good",
    "ready": "good",
    "completed": "good",
    "keep": "good",
    "out-of-sync": "warn",
    "missing": "warn",
    "hold": "bad",
    "stalled": "bad",
    "failed": "bad",
    "forget": "bad",
    "error": "bad",
    "running": "busy",
    "queued": "busy",
    "progressing": "busy",
    "await": "busy",
    "confirm": "busy",
    "train": "busy",
}
"""Every word that is shown as a state; one that is not listed is `mute`."""

MARKS: Final[Mapping[str, str]] = {
    "good": "✓",
    "warn": "!",
    "bad": "✕",
    "busy": "●",
    "mute": "○",
}
"""A tone's own mark beside its colour and its word: colour is never the only carrier."""

_CODE: Final = re.compile(r"`([^`]+)`")


def harmless(value: object) -> object:
    """Return text without what could hide or turn other text; all else as it is."""
    return one_line(value) if type(value) is str else value


def badge(word: str | None, tone: str | None = None) -> Markup:
    """Return a state as its mark and its word; the word decides the tone if none is given."""
    shown = word or "unknown"
    tone = tone or TONES.get(shown, "mute")
    return Markup('<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>').format(
        tone, MARKS[tone], one_line(shown).replace("-", " ")
    )


def stamp(at: datetime | None) -> Markup:
    """Return a time in UTC; a script may write beside it how long ago that was."""
    if at is None:
        return escape(NONE)
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M} UTC"
    )


def day(on: date | None) -> str:
    """Return a day."""
    return NONE if on is None else on.isoformat()


def prose(text: str | None) -> Markup:
    """Return a sentence; what stands between backticks is shown as code."""
    escaped = str(escape(one_line(text or "")))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))  # noqa: S704 - it was escaped just above


def money(usd: float | None) -> str:
    """Return US dollars."""
    return NONE if usd is None else dollars(usd)


def count(number: float | None) -> str:
    """Return a number with its thousands apart."""
    return NONE if number is None else f"{number:,}"


def measure(value: float | None) -> str:
    """Return a measured value."""
    return NONE if value is None else f"{value:.4f}"


def plain(value: object) -> str:
    """Return any value of a spec as people write it."""
    if value is None:
        return NONE
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def commit(sha: str | None) -> str:
    """Return a commit as git shortens it."""
    return NONE if sha is None else sha[:SHORT_COMMIT]


def digest(text: str | None) -> str:
    """Return the beginning of a digest."""
    return NONE if text is None else shortened(text, SHORT_DIGEST)


def part(text: str) -> str:
    """Return text as one part of an address."""
    return quote(text.encode("utf-8", "replace"), safe="")


FILTERS: Final = {
    one.__name__: one
    for one in (badge, stamp, day, prose, money, count, measure, plain, commit, digest, part)
}
