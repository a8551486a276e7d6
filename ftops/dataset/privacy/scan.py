"""One pass over a dataset for personal data and secrets: findings without the values."""

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from ftops.core.privacy import BY_MODEL, Kind, Response
from ftops.dataset.concatenate import is_piece, read_lines
from ftops.dataset.finding import Code, Finding, Severity
from ftops.dataset.parting import look_in_parts
from ftops.dataset.privacy.allow import digests_of
from ftops.dataset.privacy.scanned import Rules, Scanned
from ftops.dataset.privacy.texts import Look, Placed, Texts, TooDeepError, decode, path_of, rewrite
from ftops.dataset.privacy.values import masked, more_of, singular

MOST_OF_A_KIND: Final = 5_000
"""So many findings of each kind are kept, so that no frequent one hides a rare one; the rest is
counted."""

_MOST_PARTS: Final = 8

CODE_OF: Final[Mapping[Kind, Code]] = {kind: Code[kind.name] for kind in Kind}

_HINT: Final = (
    "`ftops data anonymise` replaces it; if it is meant to be there, `ftops data allow` helps"
)
_HINT_BY_MODEL: Final = (
    "`ftops data anonymise` leaves it: write it anew, or see `ftops data allow` if it is meant"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One value in one row, as it may be told."""

    kind: Kind
    value: str
    shown: str
    label: str
    path: str


def scan_files(
    files: Sequence[tuple[str | None, BinaryIO]], rules: Rules, more: Look | None = None
) -> Scanned:
    """Look through files; each finding names its file and that file's line.

    What `more` finds counts where our own look found nothing.
    """
    tally = _Tally(rules, more)
    for name, stream in files:
        tally.read(name, stream)
    return tally.close()


def look_through(line: bytes, more: Look | None = None) -> Iterator[Seen]:
    """Yield what is in one line; one that cannot be decoded is looked through as it stands."""
    texts = Texts()
    try:
        row = decode(line)
        if row is not None:
            rewrite(row, texts.note)
    except TooDeepError:
        row, texts = None, Texts()
    if row is None:
        texts.note("", line.decode("utf-8", "replace"), None)
    found = texts.sightings()
    if more is not None:
        found += [one for one in texts.sightings_by(more) if not _is_taken(one, found)]
    for one in found:
        yield Seen(
            kind=one.sighting.kind,
            value=one.value,
            shown=masked(one.value, one.sighting),
            label=one.sighting.label,
            path=path_of(texts.node(one.index)),
        )


def _is_taken(one: Placed, found: Sequence[Placed]) -> bool:
    """Say whether any of it was found already."""
    return any(
        one.index == other.index
        and one.sighting.start < other.sighting.end
        and other.sighting.start < one.sighting.end
        for other in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is known of lines that follow one another: of each kind all are counted, some kept."""

    lines: int
    counts: Mapping[Kind, int]
    kept: tuple[tuple[Kind, Finding], ...]


class _Tally:
    """What is known so far."""

    def __init__(self, rules: Rules, more: Look | None) -> None:
        self._more = more
        self._responses = {
            kind: response for kind, response in rules.responses if response is not Response.IGNORE
        }
        self._allowed = rules.allowed
        self._rows = 0
        self._counts: Counter[Kind] = Counter()
        self._findings: list[Finding] = []
        self._hinted: set[tuple[Severity, str | None]] = set()

    def read(self, name: str | None, stream: BinaryIO) -> None:
        # A language model has threads of its own, and is no smaller in another process.
        parts = look_in_parts(stream, self._look, _MOST_PARTS) if self._more is None else None
        before = 0
        for part in parts or [self._look(stream, 0)]:
            self._add(part, name, before)
            before += part.lines
        self._rows += before

    def close(self) -> Scanned:
        for kind, count in sorted(self._counts.items()):
            if count > MOST_OF_A_KIND:
                more = more_of(count - MOST_OF_A_KIND, kind)
                message = f"The data has {more} than are told one by one."
                self._findings.append(_finding(kind, self._responses[kind], message))
        return Scanned(rows=self._rows, counts=self._counts, findings=tuple(self._findings))

    def _look(self, stream: BinaryIO, begin: int) -> _Part:
        counts: Counter[Kind] = Counter()
        kept: list[tuple[Kind, Finding]] = []
        number = 0
        within = False
        for line, _ in read_lines(stream, alone=True):
            if not within:
                number += 1
            marked = number == 1 and not begin
            row = line.removeprefix(codecs.BOM_UTF8) if marked else line
            for seen in look_through(row, self._more):
                response = self._responses.get(seen.kind)
                if response is None or self._is_allowed(seen):
                    continue
                counts[seen.kind] += 1
                if counts[seen.kind] <= MOST_OF_A_KIND:
                    kept.append((seen.kind, replace(_told(seen, response), line=number)))
            within = is_piece(line)
        return _Part(lines=number, counts=counts, kept=tuple(kept))

    def _add(self, part: _Part, name: str | None, before: int) -> None:
        """Add lines that stand behind so many others of their file; each hint is told once."""
        kept = Counter(self._counts)
        for kind, found in part.kept:
            kept[kind] += 1
            if kept[kind] > MOST_OF_A_KIND:
                continue
            hint = None if (found.severity, found.hint) in self._hinted else found.hint
            self._hinted.add((found.severity, found.hint))
            line = before + (found.line or 0)
            self._findings.append(replace(found, file=name, line=line, hint=hint))
        self._counts.update(part.counts)

    def _is_allowed(self, seen: Seen) -> bool:
        return bool(self._allowed) and any(
            digest in self._allowed for digest in digests_of(seen.kind, seen.value)
        )


def _told(seen: Seen, response: Response) -> Finding:
    label = f" ({seen.label.strip()})" if seen.label.strip() else ""
    message = f"This looks like {singular(seen.kind)}{label}: {seen.shown}"
    hint = _HINT_BY_MODEL if seen.kind in BY_MODEL else _HINT
    return replace(_finding(seen.kind, response, message), path=seen.path, hint=hint)


def _finding(kind: Kind, response: Response, message: str) -> Finding:
    severity = Severity.ERROR if response is Response.BLOCK else Severity.WARNING
    return Finding(severity=severity, code=CODE_OF[kind], message=message)
