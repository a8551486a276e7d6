"""One GitOps round, and the loop, against a hub that others push to."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.cli.scene import Scene
from tests.trainer.conftest import wait_until

LOCK = "specs/triage.lock"


@pytest.fixture
def hub(at: Scene, tmp_path: Path) -> Checkout:
    """Share the scene's project; return the bare repository."""
    at.checkout.commit("Declare triage")
    at.checkout.git("clone", "--quiet", "--bare", ".", str(tmp_path / "hub.git"))
    at.checkout.git("remote", "add", "origin", f"file://{tmp_path / 'hub.git'}")
    return Checkout(tmp_path / "hub.git")


@pytest.fixture
def colleague(at: Scene, hub: Checkout, tmp_path: Path) -> Checkout:
    at.checkout.git("clone", "--quiet", f"file://{hub.root}", str(tmp_path / "colleague"))
    return Checkout(tmp_path / "colleague")


def test_a_round_takes_in_what_was_pushed_and_pushes_what_was_trained(
    at: Scene, hub: Checkout, colleague: Checkout
) -> None:
    colleague.spec("tone")
    colleague.commit("Declare tone")
    colleague.git("push", "--quiet")
    ran = at.ftops("reconcile", "--wait")
    assert ran.code == 0, ran.err
    assert "at " in ran.err
    for name in ("triage", "tone"):
        assert hub.git("show", f"main:specs/{name}.lock") == at.checkout.read(f"specs/{name}.lock")
    assert at.checkout.git("status", "--porcelain") == ""
    again = at.ftops("reconcile")
    assert "nothing to commit" in again.err
    assert at.lab.jobs_asked_for == 2


def test_a_round_does_not_wait_for_jobs(at: Scene, hub: Checkout) -> None:
    assert at.ftops("reconcile").code == 0
    assert hub.git("log", "--format=%s", "main") == "Declare triage\n"
    wait_until(lambda: at.ftops("reconcile").code == 0 and (at.checkout.root / LOCK).exists())
    assert hub.git("show", f"main:{LOCK}") == at.checkout.read(LOCK)
    assert at.lab.jobs_asked_for == 1


def test_a_detached_pipeline_stays_where_it_is(at: Scene, hub: Checkout) -> None:
    at.checkout.git("checkout", "--quiet", "--detach")
    ran = at.ftops("reconcile", "--wait", "--push-to", "ftops/locks")
    assert ran.code == 0, ran.err
    assert hub.git("show", f"ftops/locks:{LOCK}") == at.checkout.read(LOCK)


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        pytest.param("commit", True, "have gone different ways", id="both have commits"),
        pytest.param("edit", True, "cannot be checked out", id="an edit in the way"),
        pytest.param("commit", False, "does not have the commit", id="commits that are only here"),
    ],
)
def test_a_checkout_that_cannot_go_forward_is_told(
    at: Scene, colleague: Checkout, mine: str, words: str, *, theirs: bool
) -> None:
    if theirs:
        colleague.write("README.md", "theirs\n")
        colleague.commit("Theirs")
        colleague.git("push", "--quiet")
    at.checkout.write("README.md", "mine\n")
    if mine == "commit":
        at.checkout.commit("Mine")
    ran = at.ftops("reconcile")
    assert ran.code == 1
    assert words in ran.err
    assert at.checkout.read("README.md") == "mine\n"
    assert at.lab.acts == {}


def test_a_branch_that_was_never_pushed_is_told(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    at.checkout.git("checkout", "--quiet", "-b", "other")
    ran = at.ftops("reconcile")
    assert ran.code == 1
    assert "origin has no branch other to reconcile with" in ran.err


@pytest.mark.parametrize("text", ["0", "5 minutes", "-1m", "m"])
def test_an_interval_that_is_none_is_wrong_usage(at: Scene, text: str) -> None:
    ran = at.ftops("reconcile", f"--interval={text}")
    assert ran.code == 2
    assert "is no interval, such as 30s, 5m or 1h" in ran.err


def test_a_failed_job_is_never_tried_again(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    at.checkout.spec("triage", model="no-such-base")
    at.checkout.commit("A base that nobody has")
    at.checkout.git("push", "--quiet", "origin", "main")
    first, second = at.ftops("reconcile", "--wait"), at.ftops("reconcile", "--wait")
    assert (first.code, second.code) == (1, 1)


def start_loop(at: Scene) -> "subprocess.Popen[str]":
    environment = {**os.environ, "CI": "true"}  # noqa: TID251 a process of its own needs one
    return subprocess.Popen(
        [sys.executable, "-m", "ftops", "reconcile", "--interval", "1s"],
        cwd=at.checkout.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_loop_records_across_rounds_outlives_trouble_and_ends_cleanly(
    at: Scene, hub: Checkout
) -> None:
    away = hub.root.rename(hub.root.with_name("away"))
    told: list[str] = []
    with start_loop(at) as loop:
        follow_through(loop, told, lambda: away.rename(hub.root), at.checkout)
    assert hub.git("show", f"main:{LOCK}") == at.checkout.read(LOCK)
    assert at.lab.jobs_asked_for == 1


def follow_through(
    loop: "subprocess.Popen[str]", told: list[str], mend: Callable[[], object], here: Checkout
) -> None:
    """Wait for a round that fails, mend what it lacks, wait for the lock, and end the loop."""
    listener = threading.Thread(target=lambda: told.extend(loop.stdout or ()))
    listener.start()
    try:
        wait_until(lambda: any("cannot be read" in line for line in told), seconds=60)
        mend()
        wait_until(lambda: here.lock("triage").exists(), seconds=60)
        wait_until(lambda: any("committed and pushed" in line for line in told), seconds=60)
        time.sleep(0.1)  # noqa: TID251 somewhere inside a round or between two
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(60) == 0, "".join(told)
    finally:
        loop.kill()
        listener.join()
