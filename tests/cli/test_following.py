"""Jobs that fail, run on, depend on one another, or are laid a hand on."""

import os
import signal
import subprocess
import sys

import pytest
import yaml

from ftops.cli.exits import Exit
from tests.cli.lab import NEW_JOB, Canned
from tests.cli.scene import Scene, document
from tests.trainer.conftest import wait_until
from tests.trainer.counting_recipe import BREAKS

SLOW = {"n_epochs": 50, "learning_rate_multiplier": 0.1}
"""Ten seconds in the lab."""
HALTING = {"n_epochs": 2, "learning_rate_multiplier": 0.3}
"""A good second."""


def test_a_chain_trains_in_order_each_from_the_model_before(at: Scene) -> None:
    at.checkout.spec("a-last", model={"from": "middle"})
    at.checkout.spec("middle", model={"from": "triage"})

    ran = at.ftops("apply", "--yes")

    assert ran.code == 0, ran.err
    assert at.lab.jobs_asked_for == 3
    locks = {
        name: yaml.safe_load(at.checkout.read(f"specs/{name}.lock"))
        for name in ("triage", "middle", "a-last")
    }
    assert locks["middle"]["base_model"] == locks["triage"]["model"]
    assert locks["a-last"]["base_model"] == locks["middle"]["model"]
    assert at.ftops("test", "a-last", "triage 2").out == "triage answer 2\n"
    assert at.ftops("plan", "--exit-code").code == 0


def test_a_failed_job_is_held_until_somebody_says_retry(at: Scene) -> None:
    at.checkout.spec("triage", seed=BREAKS)
    at.checkout.spec("tone")
    at.checkout.spec("later", model={"from": "triage"})

    failed = at.ftops("apply", "--yes")
    assert failed.code == 1
    assert "Done: 1 trained (2,000 tokens, $0.01), 1 failed, 1 skipped." in failed.out
    assert "✗  triage  failed" in failed.out
    assert "it goes on from triage, which has no model yet" in failed.out
    assert not at.checkout.lock("triage").exists()

    at.lab.forget()
    held = at.ftops("apply", "--yes")
    assert held.code == 1
    assert "!  triage  hold    its job failed or was cancelled" in held.out
    assert "hint: see `ftops logs triage`; train it again with" in held.out
    assert at.lab.acts == {}
    assert at.ftops("plan", "--exit-code").code == Exit.CHANGES
    assert "out-of-sync  stalled" in at.ftops("status").out
    assert "the rows taste bad" in at.ftops("logs", "triage").out

    assert "train" in at.ftops("plan", "triage", "--retry", "triage").out
    retried = at.ftops("apply", "triage", "--yes", "--retry", "triage")
    assert retried.code == 1
    assert at.lab.acts == {NEW_JOB: 1}


def test_a_vanished_model_is_not_bought_again_by_itself(at: Scene) -> None:
    at.ftops("apply", "--yes")
    model = yaml.safe_load(at.checkout.read("specs/triage.lock"))["model"]
    at.lab.instead["GET", "/models"] = Canned(200, b'{"object": "list", "data": []}')
    at.lab.instead["GET", f"/models/{model}"] = Canned.error(404, "No such model")
    at.lab.forget()

    ran = at.ftops("apply", "--yes")
    assert ran.code == 1
    assert "!  triage  hold    its model is gone from the provider" in ran.out
    assert at.lab.acts == {}
    assert at.checkout.lock("triage").exists()


def test_nobody_waits_and_a_later_apply_records(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters=HALTING)
    started = at.ftops("apply", "--yes", "--no-wait")
    assert started.code == 0
    assert "Done: 1 still running." in started.out
    assert not at.checkout.lock("triage").exists()
    assert "…  triage  await   its job is still running" in at.ftops("plan").out

    ran = at.ftops("apply", "--yes")
    assert ran.code == 0
    assert "which was already there" in ran.err
    assert at.lab.jobs_asked_for == 1
    assert at.ftops("plan", "--exit-code").code == 0


def test_a_lost_answer_is_looked_for_and_never_paid_twice(at: Scene) -> None:
    at.lab.instead[NEW_JOB] = Canned(500, b"{}")
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1
    assert "?  triage  unconfirmed" in ran.out
    assert "whether a job was created is not known" in ran.out
    assert at.lab.jobs_asked_for == 1
    assert "unknown  progressing" in at.ftops("status").out

    at.lab.instead.clear()
    again = at.ftops("apply", "--yes", "--no-wait")
    assert again.code == 1
    assert at.lab.jobs_asked_for == 1

    wait_until(lambda: "train" in at.ftops("plan").out)
    assert at.ftops("apply", "--yes").code == 0
    assert at.lab.jobs_asked_for == 2


def test_a_job_is_paused_resumed_and_cancelled(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters=SLOW)
    at.ftops("apply", "--yes", "--no-wait")
    wait_until(lambda: "Step" in at.ftops("logs", "triage").out)
    progressing = document(at.ftops("status", "-o", "json"))["specs"][0]
    assert progressing["health"] == "progressing"
    assert progressing["progress"]["total_steps"] == 100

    paused = at.ftops("pause", "triage")
    assert paused.told.startswith("ftjob-ID: ")
    assert paused.err == "asked; `ftops status` shows when it obeys\n"
    wait_until(lambda: "paused" in at.ftops("plan").out)
    assert at.ftops("resume", "triage").told.startswith("ftjob-ID: ")
    wait_until(lambda: "running" in at.ftops("plan").out)
    job = progressing["job"]["id"]
    assert at.ftops("cancel", job).code == 0
    wait_until(lambda: "hold" in at.ftops("plan").out)

    over = at.ftops("cancel", "triage")
    assert over.code == 1
    assert over.err == (
        f"error: job {job} of triage has already ended as cancelled\n"
        "hint: `ftops status` shows which jobs run\n"
    )
    assert at.ftops("plan", "--exit-code").code == Exit.CHANGES


def test_watching_ends_when_every_job_has_settled(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters=HALTING)
    at.ftops("apply", "--yes", "--no-wait")
    watched = at.ftops("status", "--watch")
    assert watched.code == 0
    assert "out-of-sync  ready" in watched.out
    followed = at.ftops("logs", "triage", "--follow")
    assert followed.out.endswith("The job has successfully completed\n")


def test_logs_follow_a_job_to_its_end(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters=HALTING)
    at.ftops("apply", "--yes", "--no-wait")
    followed = at.ftops("logs", "triage", "-f")
    assert followed.code == 0
    assert followed.out.endswith("The job has successfully completed\n")
    lines = followed.out.splitlines()
    assert len(lines) == len(set(lines))


def test_a_finished_job_is_adopted(at: Scene) -> None:
    at.ftops("apply", "--yes")
    lock = at.checkout.read("specs/triage.lock")
    job = yaml.safe_load(lock)["job"]
    at.checkout.settings(
        project="another",
        targets={"lab": {"base_url": at.lab.base_url}},
        defaults={"target": "lab"},
    )
    at.checkout.lock("triage").unlink()
    at.lab.forget()

    ran = at.ftops("adopt", "triage", job)

    assert ran.code == 0
    assert ran.told == "triage: ft:ftops-nano:local::ID\n"
    assert ran.err == "recorded in specs/triage.lock; commit it\n"
    assert at.checkout.read("specs/triage.lock") == lock
    assert at.lab.acts == {}
    assert at.ftops("plan", "--exit-code").code == 0


@pytest.mark.parametrize(
    ("job", "told"),
    [
        pytest.param("ftjob-none", "Could not find fine tune: ftjob-none", id="no such job"),
        pytest.param(None, "is cancelled and has no model to record", id="a cancelled job"),
    ],
)
def test_what_cannot_be_adopted_is_told(at: Scene, job: str | None, told: str) -> None:
    at.checkout.spec("triage", hyperparameters=SLOW)
    at.ftops("apply", "--yes", "--no-wait")
    cancelled = at.ftops("cancel", "triage").out.partition(":")[0]
    wait_until(lambda: "hold" in at.ftops("plan").out)
    ran = at.ftops("adopt", "triage", job or cancelled)
    assert ran.code == 1
    assert told in ran.err
    assert "hint: " in ran.err
    assert not at.checkout.lock("triage").exists()


def test_a_job_cannot_be_adopted_while_the_provider_refuses_to_be_asked(at: Scene) -> None:
    at.lab.answers_everything = Canned.error(401, "No such key", "invalid_api_key")
    ran = at.ftops("adopt", "triage", "ftjob-1")
    assert ran.code == 1
    assert "error: Authentication failed: No such key\nhint: check api_key" in ran.err


def test_an_apply_interrupted_before_any_launch_launches_nothing(at: Scene) -> None:
    at.lab.instead[NEW_JOB] = Canned.error(429, "Rate limit reached", "rate_limit_exceeded")
    with subprocess.Popen(
        [sys.executable, "-m", "ftops", "--quiet", "apply", "--yes"],
        cwd=at.checkout.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        wait_until(lambda: at.lab.jobs_asked_for)
        os.kill(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert child.returncode == Exit.INTERRUPTED
    assert "interrupted before anything was launched" in out
    assert err == "interrupted; no job was left running\n"
    assert at.lab.jobs_asked_for == 1


def test_an_interrupted_apply_says_what_goes_on_and_the_next_one_adopts_it(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters={"n_epochs": 4, "learning_rate_multiplier": 0.3})
    with subprocess.Popen(
        [sys.executable, "-m", "ftops", "apply", "--yes"],
        cwd=at.checkout.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        wait_until(lambda: at.lab.jobs_asked_for)
        os.kill(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=20)

    assert child.returncode == Exit.INTERRUPTED
    assert "…  triage  started" in out
    assert "interrupted; going on at the provider: ftjob-" in err
    assert "hint: `ftops apply` picks them up, `ftops cancel NAME` ends one" in err
    assert "Traceback" not in err

    ran = at.ftops("apply", "--yes")
    assert ran.code == 0, ran.err
    assert "which was already there" in ran.err
    assert at.lab.jobs_asked_for == 1
