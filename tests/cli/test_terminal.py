"""What a person sees who sits at a terminal: a question, moving lines, colour."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from ftops.cli.exits import Exit
from tests.cli.scene import Scene

QUESTION = "Apply this plan? [y/N]: "
PATIENCE = 60.0


class Terminal:
    """A pseudo-terminal with a program in it."""

    def __init__(self, keyboard: int) -> None:
        self._keyboard = keyboard
        self.screen = ""

    def read_until(self, awaited: str) -> None:
        patience = time.monotonic() + PATIENCE
        while awaited not in self.screen:
            assert self._read(patience), self.screen

    def read_to_the_end(self, *, seconds: float = PATIENCE) -> bool:
        """Say whether the end was reached in that time."""
        patience = time.monotonic() + seconds
        # Linux tells the end of a terminal as an error.
        with suppress(OSError):
            while self._read(patience):
                pass
            return time.monotonic() < patience
        return True

    def _read(self, patience: float) -> bool:
        """Read what there is, or say that nothing came in time."""
        left = max(0.0, patience - time.monotonic())
        if not select.select([self._keyboard], [], [], left)[0]:
            return False
        piece = os.read(self._keyboard, 4096)
        self.screen += piece.decode(errors="replace")
        return bool(piece)

    def type(self, keys: str) -> None:
        os.write(self._keyboard, keys.encode())


@contextmanager
def terminal(at: Scene, *words: str) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    keyboard, screen = pty.openpty()
    at.env.setenv("TERM", "xterm")
    with subprocess.Popen(
        [sys.executable, "-m", "ftops", *words],
        cwd=at.checkout.root,
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
    ) as child:
        os.close(screen)
        try:
            yield Terminal(keyboard), child
        finally:
            child.terminate()
            os.close(keyboard)


def test_a_person_says_yes_and_watches(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters={"n_epochs": 4, "learning_rate_multiplier": 0.1})
    with terminal(at, "apply") as (seen, child):
        seen.read_until(QUESTION)
        assert at.lab.acts == {}
        seen.type("y\n")
        assert seen.read_to_the_end()
        assert child.wait(PATIENCE) == Exit.FINE
    assert "\x1b[" in seen.screen
    assert "step " in seen.screen
    assert "loss " in seen.screen
    assert "Done: 1 trained" in seen.screen
    assert at.lab.jobs_asked_for == 1


@pytest.mark.parametrize("option", ["--no-color", "--quiet"])
def test_moving_lines_can_be_declined(at: Scene, option: str) -> None:
    with terminal(at, option, "apply", "--yes") as (seen, child):
        assert seen.read_to_the_end()
        assert child.wait(PATIENCE) == Exit.FINE
    assert "\x1b[?25l" not in seen.screen
    assert "Done: 1 trained" in seen.screen


def test_ctrl_c_at_the_question_changes_nothing(at: Scene) -> None:
    with terminal(at, "apply") as (seen, child):
        seen.read_until(QUESTION)
        child.send_signal(signal.SIGINT)
        # Python's input() does not notice a signal that comes between its prompt and its read, and
        # only a program is as quick as that: it presses Ctrl-C again, as a person would.
        if not seen.read_to_the_end(seconds=5):
            child.send_signal(signal.SIGINT)
            assert seen.read_to_the_end()
        assert child.wait(PATIENCE) == Exit.INTERRUPTED
    assert "interrupted" in seen.screen
    assert "Traceback" not in seen.screen
    assert at.lab.acts == {}
