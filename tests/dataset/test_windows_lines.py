"""Lines that end as on Windows are told once a file, at the first of them, wherever it stands."""

import io

import pytest

from ftops.dataset.check import check_files, check_stream
from ftops.dataset.finding import Code
from tests.dataset.rows import CHAT, line
from tests.dataset.test_parting import Cut

ROW = line(CHAT)
WINDOWS = ROW.replace(b"\n", b"\r\n")


def windows_lines(content: bytes) -> list[int | None]:
    found = check_stream(io.BytesIO(content), method="supervised").findings
    assert all(finding.code is Code.WINDOWS_LINES for finding in found)
    return [finding.line for finding in found]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param(ROW * 12, [], id="none"),
        pytest.param(WINDOWS * 12, [1], id="all"),
        pytest.param(ROW + WINDOWS + ROW * 10, [2], id="the second"),
        pytest.param(ROW * 99 + WINDOWS + ROW, [100], id="the hundredth"),
        pytest.param(ROW * 10 + WINDOWS, [11], id="the last"),
        pytest.param(ROW * 10 + WINDOWS * 10, [11], id="two files joined"),
        pytest.param(ROW * 10 + WINDOWS.removesuffix(b"\n"), [], id="a lone CR ends the file"),
        pytest.param(ROW * 9 + b"\r" + ROW * 2, [], id="a lone CR before a row"),
        pytest.param(ROW * 9 + b"\r" + ROW + WINDOWS, [11], id="a lone CR before it"),
    ],
)
def test_the_first_of_them_is_told(content: bytes, lines: list[int]) -> None:
    assert windows_lines(content) == lines


def test_it_is_found_wherever_blocks_end(monkeypatch: pytest.MonkeyPatch) -> None:
    content = ROW * 10 + WINDOWS + ROW * 3 + WINDOWS
    for size in range(1, 3 * len(ROW)):
        monkeypatch.setattr("ftops.dataset.lines.BLOCK", size)
        assert windows_lines(content) == [11]


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        pytest.param(ROW * 10 + WINDOWS + ROW, 5, id="in the second part"),
        pytest.param(ROW + WINDOWS + ROW * 9, 5, id="in the first part"),
        pytest.param(WINDOWS * 12, 5, id="in both"),
        pytest.param(ROW * 5 + WINDOWS + ROW * 5, 4, id="right behind the cut"),
    ],
)
def test_parts_tell_it_once_and_before_all_else(content: bytes, cut: int) -> None:
    content += b"no json\n"
    whole = check_stream(io.BytesIO(content), method="supervised")
    parted = check_stream(Cut(content, frozenset({cut})), method="supervised")
    assert parted == whole
    assert [finding.code for finding in parted.findings] == [Code.WINDOWS_LINES, Code.NOT_JSON]


def test_every_file_is_told_of() -> None:
    contents = {"a": ROW * 6 + WINDOWS, "b": ROW * 6, "c": WINDOWS * 2}
    files = [(name, io.BytesIO(content)) for name, content in contents.items()]
    found = check_files(files, method="supervised").findings
    assert [(finding.file, finding.line) for finding in found] == [("a", 7), ("c", 1)]


def test_it_says_that_other_lines_end_otherwise() -> None:
    first, mixed = (
        check_stream(io.BytesIO(content), method="supervised").findings[0].message
        for content in (WINDOWS * 12, ROW * 12 + WINDOWS)
    )
    assert first == "The lines end with CR LF, as on Windows."
    assert mixed == "The line ends with CR LF, as on Windows; those before it do not."
