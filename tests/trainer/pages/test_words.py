import pytest

from ftops.trainer.pages.words import moment, size, span


@pytest.mark.parametrize(
    ("number", "words"),
    [
        pytest.param(0, "0 B", id="nothing"),
        pytest.param(999, "999 B", id="bytes"),
        pytest.param(1500, "1.5 kB", id="kilobytes"),
        pytest.param(71_100_000_000, "71.1 GB", id="a disk"),
        pytest.param(3 * 10**15, "3000.0 TB", id="a large disk"),
    ],
)
def test_sizes(number: int, words: str) -> None:
    assert size(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param(-5, "0 s", id="a clock that was set back"),
        pytest.param(59, "59 s", id="seconds"),
        pytest.param(61, "1 min 1 s", id="minutes"),
        pytest.param(3661, "1 h 1 min", id="hours"),
        pytest.param(90_000, "1 d 1 h", id="days"),
    ],
)
def test_spans(seconds: int, words: str) -> None:
    assert span(seconds) == words


def test_a_moment_is_in_utc() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
