"""A file that is looked at in parts: the same in every word as in one go, wherever it is cut."""

import io
from collections.abc import Callable
from itertools import pairwise
from typing import BinaryIO, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.core.privacy import Kind, Response
from ftops.dataset.check import Checked, check_files
from ftops.dataset.counting.tally import BY_LENGTH, ONLY_CUTS, Counting, counting_for
from ftops.dataset.parting import Beside, look_in_parts
from ftops.dataset.privacy.scan import scan_files
from ftops.dataset.privacy.scanned import Rules, Scanned
from tests.dataset.rows import ASK, CHAT, RICH, SAY, line

T = TypeVar("T")

BOM = b"\xef\xbb\xbf"
LONG = line({"messages": [{**ASK, "content": "ann@acme.org calls +49 30 1234567 " * 9}, SAY]})
LINES = st.sampled_from(
    [
        *(
            line(CHAT),
            line(RICH),
            LONG,
            line({"messages": [ASK]}),
            b"\n",
            b"{}\n",
            BOM + line(CHAT),
            line(CHAT).replace(b"\n", b"\r\n"),
        ),
        *(b"no json\n", b"\xff\n", b'{"iban": "DE89 3704 0044 0532 0130 00"}\n', b"x" * 40 + b"\n"),
    ]
)
CONTENT = st.lists(LINES, max_size=12).map(b"".join)
RULES = Rules(
    responses=tuple((kind, Response.BLOCK if kind is Kind.IBAN else Response.WARN) for kind in Kind)
)
COUNTINGS = [BY_LENGTH, ONLY_CUTS, counting_for("gpt-4.1"), counting_for("gpt-4.1", sampled=True)]


class Cut(io.BytesIO):
    """Parts itself at the end of those lines, in this process."""

    def __init__(self, content: bytes, cuts: frozenset[int]) -> None:
        super().__init__(content)
        ends = [len(content[:at]) for at in range(1, len(content)) if content[at - 1 : at] == b"\n"]
        self._cuts = [0, *(end for number, end in enumerate(ends) if number in cuts), len(content)]

    def in_parts(
        self, look: Callable[[BinaryIO, int], T], most: int, beside: Beside | None = None
    ) -> list[T] | None:
        assert most > 1
        content = self.getvalue()
        if beside is not None:
            beside(io.BytesIO(content))
        return [look(io.BytesIO(content[begin:end]), begin) for begin, end in pairwise(self._cuts)]


@pytest.fixture(autouse=True)
def few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftops.dataset.lines_seen.MOST_FINDINGS", 3)
    monkeypatch.setattr("ftops.dataset.privacy.scan.MOST_OF_A_KIND", 3)
    monkeypatch.setattr("ftops.dataset.concatenate.MAX_ROW_BYTES", 5000)
    monkeypatch.setattr("ftops.dataset.counting.sampling.SAMPLE", 4)


def check(streams: list[BinaryIO], counting: Counting) -> Checked:
    files = [(f"{number}.jsonl", stream) for number, stream in enumerate(streams)]
    return check_files(files, method="supervised", limit=60, counting=counting)


def scan(streams: list[BinaryIO]) -> Scanned:
    files = [(f"{number}.jsonl", stream) for number, stream in enumerate(streams)]
    return scan_files(files, RULES)


FILES = st.lists(st.tuples(CONTENT, st.frozensets(st.integers(0, 11))), min_size=1, max_size=3)


@given(FILES, st.booleans(), st.sampled_from(COUNTINGS))
@settings(max_examples=150, deadline=None)
def test_a_check_in_parts_finds_the_same(
    files: list[tuple[bytes, frozenset[int]]],
    is_open: bool,  # noqa: FBT001 - drawn
    counting: Counting,
) -> None:
    written = [content.removesuffix(b"\n") if is_open else content for content, _ in files]
    whole = check([io.BytesIO(content) for content in written], counting)
    parted: list[BinaryIO] = [
        Cut(content, cuts) for content, (_, cuts) in zip(written, files, strict=True)
    ]
    assert check(parted, counting) == whole


@given(FILES)
@settings(max_examples=100, deadline=None)
def test_a_scan_in_parts_finds_the_same(files: list[tuple[bytes, frozenset[int]]]) -> None:
    whole = scan([io.BytesIO(content) for content, _ in files])
    assert scan([Cut(content, cuts) for content, cuts in files]) == whole


def test_a_line_too_long_shifts_no_place() -> None:
    content = line(CHAT) * 3 + b"x" * 9000 + b"\n" + LONG * 9 + line(CHAT) * 30
    counting = counting_for("gpt-4.1", sampled=True)
    whole = check([io.BytesIO(content)], counting)
    assert check([Cut(content, frozenset({1, 3, 8, 20}))], counting) == whole


def test_a_stream_that_knows_nothing_of_parts_is_not_parted() -> None:
    assert look_in_parts(io.BytesIO(), lambda _, begin: begin, 2) is None
    assert look_in_parts(Cut(b"a\nb\n", frozenset({0})), lambda _, begin: begin, 2) == [0, 2]
