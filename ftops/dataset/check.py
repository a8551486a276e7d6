"""One pass over a dataset: digest, size, counts, tokens and findings, in constant memory."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO, Final

from ftops.dataset.amounts import Amounts, Role, explain_amounts
from ftops.dataset.counting.tally import BY_LENGTH, Counting, TokenSums, TokenTally
from ftops.dataset.finding import Code, Finding, Severity, find
from ftops.dataset.formats import FORMAT_OF, Format
from ftops.dataset.line_look import LineLook
from ftops.dataset.lines import read_blocks, read_uploaded
from ftops.dataset.lines_seen import LinesSeen, NotedFindings, first_windows_line
from ftops.dataset.parting import look_in_parts

_MOST_PARTS: Final = 2
"""Each takes 10 MB or, with tokens, 40; and it is hashed hardly faster than two are checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one pass over a dataset found; digest and size are those of the bytes to upload.

    `examples` counts every row, legal or not; tokens, messages and cuts are of the legal ones.
    `tokens` is one reading of the whole, each example cut at the limit; `longest_tokens` is uncut.
    `tokens_bound` is how far off a sampled total may be, as a share of it.
    """

    digest: str
    size: int
    examples: int
    tokens: int
    tokens_exact: bool = False
    tokens_bound: float | None = None
    longest_tokens: int
    trained_messages: int
    examples_cut: int
    errors: int
    findings: tuple[Finding, ...]
    findings_omitted: int

    @property
    def is_legal(self) -> bool:
        """Whether no error was found, an omitted one included."""
        return self.errors == 0


def check_stream(
    stream: BinaryIO,
    *,
    method: str,
    role: Role = "training",
    limit: int | None = None,
    counting: Counting = BY_LENGTH,
) -> Checked:
    """Check one file; it is read in large blocks."""
    named = [(None, stream)]
    return check_files(named, method=method, role=role, limit=limit, counting=counting)


def check_files(
    files: Sequence[tuple[str | None, BinaryIO]],
    *,
    method: str,
    role: Role = "training",
    limit: int | None = None,
    counting: Counting = BY_LENGTH,
) -> Checked:
    """Check files that are uploaded as one; each finding names its file and that file's line."""
    if method not in FORMAT_OF:
        raise ValueError(f"method must be one of {', '.join(FORMAT_OF)}, not {method!r}")
    tally = _Tally(FORMAT_OF[method], counting, limit)
    for name, stream in files:
        tally.read(name, stream, alone=len(files) == 1)
    return tally.close(role)


class _Tally:
    """What is known so far."""

    def __init__(self, row_format: Format, counting: Counting, limit: int | None) -> None:
        self._format = row_format
        self._new_tokens = partial(TokenTally, counting, limit)
        self._tokens = self._new_tokens()
        self._upload = _Upload()
        self._files = 0
        self._examples = 0
        self._image_examples = 0
        self._trained = 0
        self._first_cut: tuple[str | None, int] | None = None
        self._hold_rows = True
        self._noted = NotedFindings()

    def read(self, name: str | None, stream: BinaryIO, *, alone: bool) -> None:
        """Read one file to its end."""
        self._files += 1
        upload = self._upload.copy()
        take_all = partial(upload.take_all, alone=alone)
        parts = look_in_parts(stream, self._look_at_part, _MOST_PARTS, take_all)
        if parts is None:
            self._add([self._look_at_all(stream, alone=alone)], name)
            return
        self._upload = upload
        for _, tokens in parts:
            self._tokens.take(tokens)
        self._add([seen for seen, _ in parts], name)

    def _look_at_all(self, stream: BinaryIO, *, alone: bool) -> LinesSeen:
        look = LineLook(self._format, self._tokens, (self._files, 0))
        for block in read_blocks(stream, alone=alone):
            self._upload.take(block.uploaded)
            look.look(block)
        return look.seen()

    def _look_at_part(self, stream: BinaryIO, begin: int) -> tuple[LinesSeen, TokenSums]:
        tokens = self._new_tokens()
        look = LineLook(self._format, tokens, (self._files, begin))
        for block in read_blocks(stream, alone=True):
            look.look(block)
        return look.seen(), tokens.sums()

    def _add(self, parts: Sequence[LinesSeen], name: str | None) -> None:
        """Add what was seen of a whole file."""
        if parts and not parts[0].holds_rows:
            parts, self._hold_rows = parts[:1], False
        windows = first_windows_line(parts)
        if windows is not None:
            self._noted.note(replace(_windows_lines(windows), file=name), windows)
        before = 0
        for seen in parts:
            self._add_part(seen, name, before)
            before += seen.lines

    def _add_part(self, seen: LinesSeen, name: str | None, before: int) -> None:
        self._examples += seen.examples
        self._image_examples += seen.image_examples
        self._trained += seen.trained
        if seen.first_cut is not None and self._first_cut is None:
            self._first_cut = name, before + seen.first_cut
        self._noted.take(seen.noted, name, before)

    def close(self, role: Role) -> Checked:
        """Judge the whole, and return all of it."""
        tokens = self._tokens
        amounts = Amounts(
            examples=self._examples, image_examples=self._image_examples, size=self._upload.size
        )
        # Of rows that are still in a table or an archive nobody knows how many there are.
        for finding in explain_amounts(amounts, role, self._format) if self._hold_rows else ():
            self._noted.note(finding)
        if self._first_cut is not None:
            name, number = self._first_cut
            self._noted.note(replace(_cut(tokens), file=name), number)
        noted = self._noted.noted()
        return Checked(
            digest=self._upload.digest,
            size=self._upload.size,
            examples=self._examples,
            tokens=tokens.tokens,
            tokens_exact=tokens.is_exact,
            tokens_bound=tokens.bound,
            longest_tokens=tokens.longest,
            trained_messages=self._trained,
            examples_cut=tokens.cut,
            errors=noted.found.get(Severity.ERROR, 0),
            findings=noted.kept,
            findings_omitted=sum(noted.found.values()) - len(noted.kept),
        )


class _Upload:
    """The bytes to upload so far: how many, and their digest."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()

    def copy(self) -> "_Upload":
        """Return another that goes on from here."""
        copied = _Upload()
        copied._sha256, copied.size = self._sha256.copy(), self.size
        return copied

    def take(self, uploaded: bytes) -> None:
        self._sha256.update(uploaded)
        self.size += len(uploaded)

    def take_all(self, stream: BinaryIO, *, alone: bool) -> None:
        for uploaded in read_uploaded(stream, alone=alone):
            self.take(uploaded)


def _windows_lines(first: int) -> Finding:
    message = (
        "The line ends with CR LF, as on Windows; those before it do not."
        if first > 1
        else "The lines end with CR LF, as on Windows."
    )
    hint = (
        "Save it with LF alone, and write `*.jsonl -text` into .gitattributes: other bytes are "
        "another dataset, and would be trained on anew."
    )
    return find(Code.WINDOWS_LINES, message, hint=hint)


def _cut(tokens: TokenTally) -> Finding:
    about = "" if tokens.is_exact else "about "
    is_one = tokens.cut == 1
    message = (
        f"{about}{tokens.cut:,} {'example has' if is_one else 'examples have'} more than "
        f"{tokens.limit:,} tokens, and {'is' if is_one else 'are'} cut there: "
        f"{about}{tokens.lost:,} tokens are lost."
    )
    hint = "This is the first of them; shorten it or split it."
    return find(Code.EXAMPLES_CUT, message[0].upper() + message[1:], hint=hint)
