"""A look at lines that follow one another: most take no more than a glance."""

import codecs
from collections.abc import Iterable
from itertools import accumulate, repeat
from typing import Final

from ftops.dataset.concatenate import MAX_ROW_BYTES
from ftops.dataset.counting.tally import TokenTally
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import Format, Row, Said
from ftops.dataset.judge import judge_at_length
from ftops.dataset.legal.glance import GLANCES
from ftops.dataset.legal.rules import count_learned
from ftops.dataset.lines import OVERLONG, Block
from ftops.dataset.lines_seen import LinesSeen, NotedFindings
from ftops.dataset.no_lines import explain_no_lines
from ftops.dataset.pictures import shows_images

_FILE_BITS = 48
"""A place in a dataset is a number: the file's, and below so many bits the place in it."""

_WINDOWS_END: Final = b"\r\n"

MOST_WAITING: Final = 1 << 20
"""After so many bytes of suspect lines all of them are looked at, one right after the other: what
explains rows is large, and to fetch it anew for each of a few takes longer than the explaining."""


class LineLook:
    """What is known of the lines so far; they begin at a place of a file of so many."""

    def __init__(self, row_format: Format, tokens: TokenTally, begin: tuple[int, int]) -> None:
        file, place = begin
        self._format = row_format
        self._tokens = tokens
        self._begin = (file << _FILE_BITS) + place
        self._is_whole = not place
        self._lines = 0
        self._examples = 0
        self._image_examples = 0
        self._trained = 0
        self._first_cut: int | None = None
        self._first_windows: int | None = None
        self._holds_rows = True
        self._suspects: list[tuple[int, bytes, int]] = []
        self._noted = NotedFindings()

    def look(self, block: Block) -> None:
        """Look at the lines of one more block."""
        _, lines, end = block
        if self._is_no_dataset(lines):
            self._lines += len(lines)
            return
        if self._first_windows is None:
            self._first_windows = self._seek_windows_line(block)
        uncounted = self._tokens.uncounted
        rows = trained = image_rows = 0
        sights = GLANCES[self._format](lines, uncounted)
        places = self._places(lines, end) if self._tokens.is_sampled else repeat(0)
        for number, (line, sight, place) in enumerate(
            zip(lines, sights, places, strict=False), self._lines + 1
        ):
            if sight is None:
                self._suspects.append((number, line, place))
                continue
            learned, shows_pictures, said = sight
            rows += 1
            trained += learned
            image_rows += shows_pictures
            if said is not None and (len(line) > uncounted or shows_pictures):
                self._count(said, number, place, len(line))
        self._lines += len(lines)
        self._examples += rows
        self._trained += trained
        self._image_examples += image_rows
        if sum([len(line) for _, line, _ in self._suspects]) > MOST_WAITING:
            self._look_at_length()

    def _is_no_dataset(self, lines: list[bytes]) -> bool:
        """Return whether the file holds no rows at all, and tell it with its first line."""
        if self._is_whole and not self._lines and lines:
            what = explain_no_lines(lines[0])
            if what is not None:
                self._noted.note(what, 1)
                self._holds_rows = False
        return not self._holds_rows

    def _seek_windows_line(self, block: Block) -> int | None:
        lines = block.lines
        # One byte is found in a block faster than two; the first line may have begun before it.
        if not lines or (b"\r" not in block.uploaded and not lines[0].endswith(_WINDOWS_END)):
            return None
        numbered = enumerate(lines, self._lines + 1)
        return next((number for number, line in numbered if line.endswith(_WINDOWS_END)), None)

    def _places(self, lines: list[bytes], end: int) -> Iterable[int]:
        begin = self._begin + end - sum(map(len, lines))
        return accumulate(map(len, lines), initial=begin)

    def seen(self) -> LinesSeen:
        """Return what is known."""
        self._look_at_length()
        return LinesSeen(
            lines=self._lines,
            holds_rows=self._holds_rows,
            examples=self._examples,
            image_examples=self._image_examples,
            trained=self._trained,
            first_cut=self._first_cut,
            first_windows=self._first_windows,
            noted=self._noted.noted(),
        )

    def _count(self, said: Said, number: int, place: int, size: int) -> None:
        if not self._tokens.add(said, place=place, size=size):
            return
        # Suspects are counted behind the rest of their file.
        if self._first_cut is None or number < self._first_cut:
            self._first_cut = number

    def _look_at_length(self) -> None:
        """Say what there is to say of the lines that wait for it."""
        suspects, self._suspects = self._suspects, []
        for number, line, place in suspects:
            row = self._explain(line, number)
            if row is None:
                continue
            shows_pictures = shows_images(row)
            self._examples += 1
            self._trained += count_learned(row)
            self._image_examples += shows_pictures
            if len(line) > self._tokens.uncounted or shows_pictures:
                self._count(row, number, place, len(line))

    def _explain(self, line: bytes, number: int) -> Row | None:
        """Note what there is to say of the line, and count it if no row can be made of it."""
        if line is not OVERLONG:
            line = line.removesuffix(b"\n")
        marked = self._is_whole and number == 1 and line.startswith(codecs.BOM_UTF8)
        row, findings = self._judge(line.removeprefix(codecs.BOM_UTF8) if marked else line)
        for finding in [_byte_order_mark(), *findings] if marked else findings:
            self._noted.note(finding, number, line)
        if row is None:
            self._examples += not any(finding.code is Code.BLANK_LINE for finding in findings)
        return row

    def _judge(self, line: bytes) -> tuple[Row | None, list[Finding]]:
        if line is OVERLONG:
            return None, [_too_long()]
        return judge_at_length(line, self._format)


def _byte_order_mark() -> Finding:
    message = "The file starts with a byte order mark."
    hint = "Save it as UTF-8 without one, unless the provider asks for it (Azure does)."
    return find(Code.BYTE_ORDER_MARK, message, hint=hint)


def _too_long() -> Finding:
    message = f"The line is longer than {MAX_ROW_BYTES >> 20} MiB."
    return find(Code.TOO_LONG, message, hint="Is it a JSON Lines file? Link to images by URL.")
