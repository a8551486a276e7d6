"""Death and broken disks at system calls, by strace: effects that nobody thought of are hit too."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.reliability.conftest import Survived
from tests.reliability.ground import Ground, taken
from tests.reliability.nursery import Died
from tests.reliability.sweep import BUG
from tests.trainer.conftest import wait_until

STRACE: Final = shutil.which("strace")
TRIAGE = frozenset({"triage"})
KILL = "signal=SIGKILL:when={}"
ERRORS = ("error=ENOSPC:when={}+", "error=EROFS:when={}+", "error=EIO:when={}")
MOST = 400

pytestmark = pytest.mark.skipif(STRACE is None, reason="there is no strace on this machine")


def traced(ground: Ground, syscalls: str, injected: str) -> Died:
    """Let a process live whose system calls break; skip where nobody may be traced."""
    pid = ground.nursery.start(replace(ground.birth(), stops=True))
    wait_until(lambda: "State:\tT" in status_of(pid))
    words = ["strace", "-f", "-qq", "-o", os.devnull, "-p", str(pid)]
    words += ["-e", f"trace={syscalls}", "-e", f"inject={syscalls}:{injected}"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as tracer:
        wait_until(lambda: tracer.poll() is not None or is_traced(pid))
        refused = tracer.poll() is not None
        os.kill(pid, signal.SIGCONT)
        died = ground.nursery.wait(pid)
        assert tracer.stderr is not None
        told = tracer.stderr.read()
    if refused:
        pytest.skip(f"nobody may be traced here: {told.strip()}")
    ground.rogue.rest()
    ground.runs.append(died)
    return died


def is_traced(pid: int) -> bool:
    return "TracerPid:\t0\n" not in status_of(pid)


def status_of(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text("utf-8")


def deaths(ground: Ground, syscalls: str, how: str) -> Iterator[Ground]:
    """Yield the ground after each broken run, until one comes through whole."""
    before = taken(ground)
    for number in range(1, MOST):
        again = before.restored(ground)
        died = traced(again, syscalls, how.format(number))
        assert died.code != BUG, died.words
        if died.code == 0 and how == KILL:
            return
        yield again
        if died.code == 0:
            return


def check(ground: Ground, syscalls: str, how: str) -> int:
    points = 0
    for broken in deaths(ground, syscalls, how):
        broken.recover()
        assert broken.complaints(TRIAGE) == [], f"{syscalls} number {points + 1}: {how}"
        points += 1
    return points


CALLS = [
    pytest.param("fsync", id="fsync"),
    pytest.param("rename,renameat,renameat2", id="rename"),
    pytest.param("write,pwrite64", id="write", marks=pytest.mark.deep),
    pytest.param("unlink,unlinkat,rmdir", id="unlink", marks=pytest.mark.deep),
    pytest.param("mkdir,mkdirat", id="mkdir", marks=pytest.mark.deep),
    pytest.param("ftruncate", id="ftruncate", marks=pytest.mark.deep),
    pytest.param("openat", id="openat", marks=pytest.mark.deep),
]
TALK = [
    pytest.param("connect", id="connect", marks=pytest.mark.deep),
    pytest.param("sendto", id="sendto", marks=pytest.mark.deep),
    pytest.param("recvfrom", id="recvfrom", marks=pytest.mark.deep),
    pytest.param("flock", id="flock", marks=pytest.mark.deep),
]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("syscalls", CALLS + TALK)
def test_a_run_killed_at_a_system_call_is_finished_by_the_next(
    ground: Ground, survived: Survived, syscalls: str
) -> None:
    survived(check(ground, syscalls, KILL))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", ERRORS)
@pytest.mark.parametrize("syscalls", [one for one in CALLS if one.id not in {"openat", "unlink"}])
def test_a_disk_that_breaks_at_a_system_call_loses_no_job(
    ground: Ground, survived: Survived, syscalls: str, how: str
) -> None:
    survived(check(ground, syscalls, how))
