"""A bound on the whole of a request."""

import threading

import pytest

from ftops.adapters.openai_provider.deadline import within


def test_what_ends_in_time_is_returned() -> None:
    assert within(5, lambda: 7) == 7


@pytest.mark.parametrize("error", [ValueError("no"), TimeoutError("its own"), KeyboardInterrupt()])
def test_what_goes_wrong_is_raised_as_it_is(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        within(5, fail)
    assert caught.value is error


def test_what_takes_too_long_is_left_alone() -> None:
    ended = threading.Event()
    with pytest.raises(TimeoutError, match=r"no whole answer within 0\.01 s"):
        within(0.01, lambda: ended.wait(60))
    ended.set()
