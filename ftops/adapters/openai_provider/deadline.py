"""A bound on the whole of a request: a client's timeouts begin anew with every byte."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what the work returns; TimeoutError once it takes too long, and it is left alone."""
    ended: Future[T] = Future()

    def run() -> None:
        try:
            ended.set_result(work())
        except BaseException as error:  # noqa: BLE001 - the asking thread raises it
            ended.set_exception(error)

    threading.Thread(target=run, name="ftops-request", daemon=True).start()
    try:
        return ended.result(timeout=seconds)
    except TimeoutError:
        if ended.done():
            raise
        raise TimeoutError(f"no whole answer within {seconds:g} s") from None
