"""One pass over a dataset: digest, size, counts, tokens and findings, in constant memory."""

import codecs
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from ftops.dataset.amounts import Amounts, Role, explain_amounts
from ftops.dataset.concatenate import MAX_ROW_BYTES
from ftops.dataset.counting.tally import BY_LENGTH, Counting, TokenTally
from ftops.dataset.explaining.locate import point_at
from ftops.dataset.finding import Code, Finding, Severity, find
from ftops.dataset.formats import FORMAT_OF, Format, Row, Said
from ftops.dataset.judge import judge_at_length
from ftops.dataset.legal.glance import GLANCES
from ftops.dataset.legal.rules import count_learned
from ftops.dataset.lines import OVERLONG, read_blocks
from ftops.dataset.pictures import shows_images

MOST_FINDINGS: Final = 10_000
"""So many errors, and as many warnings, are kept; the rest is counted."""

MOST_WAITING: Final = 1 << 20
"""After so many bytes of suspect lines all of them are looked at, one right after the other: what
explains rows is large, and to fetch it anew for each of a few takes longer than the explaining."""


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
    tally = _Tally(FORMAT_OF[method], TokenTally(counting, limit))
    for name, stream in files:
        tally.read(name, stream, alone=len(files) == 1)
    return tally.close(role)


class _Tally:
    """What is known so far."""

    def __init__(self, row_format: Format, tokens: TokenTally) -> None:
        self._format = row_format
        self._tokens = tokens
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._examples = 0
        self._image_examples = 0
        self._trained = 0
        self._first_cut: tuple[str | None, int] | None = None
        self._suspects: list[tuple[int, bytes]] = []
        self._found: Counter[Severity] = Counter()
        self._findings: list[Finding] = []

    def read(self, name: str | None, stream: BinaryIO, *, alone: bool) -> None:
        """Read one file to its end."""
        number = 0
        for uploaded, lines in read_blocks(stream, alone=alone):
            self._sha256.update(uploaded)
            self._size += len(uploaded)
            self._look(lines, name, number)
            number += len(lines)
            if sum([len(line) for _, line in self._suspects]) > MOST_WAITING:
                self._look_at_length(name)
        self._look_at_length(name)

    def _look(self, lines: list[bytes], name: str | None, before: int) -> None:
        """Look at lines that stand behind so many others; most take no more than a glance."""
        uncounted = self._tokens.uncounted
        rows = trained = image_rows = 0
        sights = GLANCES[self._format](lines, uncounted)
        for number, (line, sight) in enumerate(zip(lines, sights, strict=True), before + 1):
            if sight is None:
                self._suspects.append((number, line))
                continue
            learned, shows_pictures, said = sight
            rows += 1
            trained += learned
            image_rows += shows_pictures
            if said is not None and (len(line) > uncounted or shows_pictures):
                self._count(said, name, number)
        self._examples += rows
        self._trained += trained
        self._image_examples += image_rows

    def _count(self, said: Said, name: str | None, number: int) -> None:
        if not self._tokens.add(said):
            return
        first = self._first_cut
        # Suspects are counted behind the rest of their file.
        if first is None or (first[0] == name and number < first[1]):
            self._first_cut = name, number

    def close(self, role: Role) -> Checked:
        """Judge the whole, and return all of it."""
        tokens = self._tokens
        amounts = Amounts(
            examples=self._examples, image_examples=self._image_examples, size=self._size
        )
        for finding in explain_amounts(amounts, role, self._format):
            self._note(finding)
        if self._first_cut is not None:
            name, number = self._first_cut
            self._note(_cut(tokens), name, number)
        return Checked(
            digest=self._sha256.hexdigest(),
            size=self._size,
            examples=self._examples,
            tokens=tokens.tokens,
            tokens_exact=tokens.is_exact,
            tokens_bound=tokens.bound,
            longest_tokens=tokens.longest,
            trained_messages=self._trained,
            examples_cut=tokens.cut,
            errors=self._found[Severity.ERROR],
            findings=tuple(self._findings),
            findings_omitted=self._found.total() - len(self._findings),
        )

    def _look_at_length(self, name: str | None) -> None:
        """Say what there is to say of the lines that wait for it."""
        suspects, self._suspects = self._suspects, []
        for number, line in suspects:
            row = self._explain(line, name, number)
            if row is None:
                continue
            shows_pictures = shows_images(row)
            self._examples += 1
            self._trained += count_learned(row)
            self._image_examples += shows_pictures
            if len(line) > self._tokens.uncounted or shows_pictures:
                self._count(row, name, number)

    def _explain(self, line: bytes, name: str | None, number: int) -> Row | None:
        """Note what there is to say of the line, and count it if no row can be made of it."""
        if line is not OVERLONG:
            line = line.removesuffix(b"\n")
        marked = number == 1 and line.startswith(codecs.BOM_UTF8)
        row, findings = self._judge(line.removeprefix(codecs.BOM_UTF8) if marked else line)
        for finding in [_byte_order_mark(), *findings] if marked else findings:
            self._note(finding, name, number, line)
        if row is None:
            self._examples += not any(finding.code is Code.BLANK_LINE for finding in findings)
        return row

    def _judge(self, line: bytes) -> tuple[Row | None, list[Finding]]:
        if line is OVERLONG:
            return None, [_too_long()]
        return judge_at_length(line, self._format)

    def _note(
        self,
        finding: Finding,
        name: str | None = None,
        number: int | None = None,
        line: bytes = b"",
    ) -> None:
        self._found[finding.severity] += 1
        if self._found[finding.severity] <= MOST_FINDINGS:
            column, shown = point_at(finding, line)
            placed = replace(finding, file=name, line=number, column=column, excerpt=shown)
            self._findings.append(placed)


def _byte_order_mark() -> Finding:
    message = "The file starts with a byte order mark."
    hint = "Save it as UTF-8 without one, unless the provider asks for it (Azure does)."
    return find(Code.BYTE_ORDER_MARK, message, hint=hint)


def _too_long() -> Finding:
    message = f"The line is longer than {MAX_ROW_BYTES >> 20} MiB."
    return find(Code.TOO_LONG, message, hint="Is it a JSON Lines file? Link to images by URL.")


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
