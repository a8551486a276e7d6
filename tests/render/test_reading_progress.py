"""The bar of a large file: there from its first block, gone at its end."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from ftops.cli.reading import ReadingShow
from ftops.core.progress import Reading
from ftops.render.reading_progress import ReadingProgress


def terminal(width: int = 90) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def at(done: int, *, name: str = "data.jsonl", is_over: bool = False) -> Reading:
    return Reading(name=name, size=100_000_000, done=done, is_over=is_over)


def test_a_bar_says_how_far_and_how_large() -> None:
    console = terminal()
    with ReadingProgress(console) as bars:
        bars.tell(at(25_000_000))
        bars.tell(at(50_000_000))
    assert "reading data.jsonl" in written(console)
    assert "50.0/100.0 MB" in written(console)


def test_what_is_done_with_a_file_is_said() -> None:
    console = terminal()
    with ReadingProgress(console) as bars:
        bars.tell(replace(at(25_000_000), deed="scanning"))
    assert "scanning data.jsonl" in written(console)


@pytest.mark.parametrize("width", [50, 60, 80])
def test_on_a_narrow_terminal_only_the_name_gives_way(width: int) -> None:
    console = terminal(width)
    with ReadingProgress(console) as bars:
        bars.tell(at(1_000_000, name="datasets/of/a/customer/with/a/long/name.jsonl"))
        bars.tell(at(2_000_000, name="datasets/of/a/customer/with/a/long/name.jsonl"))
    drawn = [frame for frame in written(console).split("\x1b[2K") if "reading" in frame]
    assert drawn
    for frame in drawn:
        assert "…" in frame
        assert ".0/100.0 MB " in frame
        assert "--:--" in frame or "00:" in frame


def test_an_end_that_nobody_saw_begin_draws_nothing() -> None:
    console = terminal()
    with ReadingProgress(console) as bars:
        bars.tell(at(0, is_over=True))
        bars.tell(at(10))
        bars.tell(at(100_000_000, is_over=True))
        bars.tell(at(100_000_000, is_over=True))
    assert written(console).count("\n") <= 3


def test_a_name_is_no_markup_and_moves_no_cursor() -> None:
    console = terminal()
    with ReadingProgress(console) as bars:
        bars.tell(at(1, name="[bold]a\x1b[2J.jsonl"))
    assert "\x1b[2J" not in written(console)
    assert "[bold]" in written(console)


def test_nothing_is_shown_outside_of_the_block() -> None:
    console = terminal()
    show = ReadingShow(lambda: console)
    show.tell(at(1))
    assert written(console) == ""
    with show.opened():
        show.tell(at(2))
        show.tell(at(3))
    shown = written(console)
    assert "data.jsonl" in shown
    show.tell(at(4))
    assert written(console) == shown
