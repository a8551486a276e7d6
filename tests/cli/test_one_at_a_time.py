"""Two applies in one checkout, as real processes: one acts, the other refuses or waits."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ftops.adapters.own_folder.run_lock import ApplyLock
from ftops.adapters.system_clock import SystemClock
from tests.cli.lab import NEW_JOB, UPLOAD
from tests.cli.scene import Scene

Apply = subprocess.Popen[str]


@contextmanager
def applying(*words: str) -> Iterator[Apply]:
    with subprocess.Popen(
        [sys.executable, "-m", "ftops", "apply", "--yes", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_of_two_one_acts_and_the_other_says_who_does(at: Scene) -> None:
    with ExitStack() as both:
        processes = [both.enter_context(applying()) for _ in range(2)]
        ends = [(one.communicate(timeout=60), one) for one in processes]
        codes = sorted(one.returncode for _, one in ends)
        said = "".join(err for (_, err), _ in ends)
    assert at.lab.acts == {UPLOAD: 1, NEW_JOB: 1}
    # Both may get their turn one after the other; then the second found nothing to do.
    assert codes in ([0, 0], [0, 1])
    if codes == [0, 1]:
        assert re.search(
            r"process \d+ \(ftops apply\) has been applying in this checkout for \d+ s", said
        )
        assert "--lock-timeout" in said


def test_one_that_queues_gets_its_turn_and_finds_nothing_to_do(at: Scene) -> None:
    with ExitStack() as both:
        processes = [both.enter_context(applying("--lock-timeout", "60")) for _ in range(2)]
        codes = [(one.communicate(timeout=60), one.returncode)[1] for one in processes]
    assert codes == [0, 0]
    assert at.lab.acts == {UPLOAD: 1, NEW_JOB: 1}


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        pytest.param((), False, id="at once"),
        pytest.param(("--lock-timeout", "0.3"), True, id="after its patience"),
    ],
)
def test_nothing_is_asked_while_another_applies(
    at: Scene, words: tuple[str, ...], *, waits: bool
) -> None:
    with ApplyLock(Path.cwd(), command="ftops apply", clock=SystemClock()):
        ran = at.ftops("apply", "--yes", *words)
    assert ran.code == 1
    assert ("waiting 0.3 s at most" in ran.err) is waits
    assert at.lab.requests == []
