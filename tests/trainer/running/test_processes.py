import os
import subprocess
import sys

import pytest

from ftops.trainer.running import processes
from tests.trainer.conftest import wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_process_is_known_by_number_and_birth() -> None:
    mark = processes.birth_mark(os.getpid())
    assert mark is not None
    assert processes.is_running(os.getpid(), mark)
    assert not processes.is_running(os.getpid(), "another birth")


def test_a_killed_process_is_gone_even_while_nobody_has_collected_it() -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as process:
        mark = processes.birth_mark(process.pid)
        assert mark is not None
        processes.kill_session(process.pid)
        wait_until(lambda: not processes.is_running(process.pid, mark))
        process.wait()
        processes.kill_session(process.pid)


def test_the_portable_way_gives_marks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    by_proc = processes.birth_mark(os.getpid())
    monkeypatch.setattr(processes, "PROC", processes.PROC / "nowhere")
    by_ps = processes.birth_mark(os.getpid())
    assert by_ps
    assert by_ps != by_proc
    assert processes.birth_mark(2**22 + 1) is None
