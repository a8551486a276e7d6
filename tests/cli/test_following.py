"""Jobs that fail, run on, depend on one another, or are laid a hand on."""

import os
import signal
import subprocess
import sys

import pytest
import yaml

from ftops.cli.exits import Exit
from tests.cli.checkout import Checkout
from tests.cli.conftest import Ftops, document
from tests.cli.lab import NEW_JOB, Canned, Lab
from tests.trainer.conftest import wait_until
from tests.trainer.counting_recipe import BREAKS

SLOW = {"n_epochs": 50, "learning_rate_multiplier": 0.1}
"""Ten seconds in the lab."""
HALTING = {"n_epochs": 2, "learning_rate_multiplier": 0.3}
"""A good second."""


def test_a_chain_trains_in_order_each_from_the_model_before(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    checkout.spec("a-last", model={"from": "middle"})
    checkout.spec("middle", model={"from": "triage"})

    ran = ftops("apply", "--yes")

    assert ran.code == 0, ran.err
    assert lab.jobs_asked_for == 3
    locks = {
        name: yaml.safe_load(checkout.read(f"specs/{name}.lock"))
        for name in ("triage", "middle", "a-last")
    }
    assert locks["middle"]["base_model"] == locks["triage"]["model"]
    assert locks["a-last"]["base_model"] == locks["middle"]["model"]
    assert ftops("test", "a-last", "triage 2").out == "triage answer 2\n"
    assert ftops("plan", "--exit-code").code == 0


def test_a_failed_job_is_held_until_somebody_says_retry(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    checkout.spec("triage", seed=BREAKS)
    checkout.spec("tone")
    checkout.spec("later", model={"from": "triage"})

    failed = ftops("apply", "--yes")
    assert failed.code == 1
    assert "Done: 1 trained (2,000 tokens, $0.01), 1 failed, 1 skipped." in failed.out
    assert "✗  triage  failed" in failed.out
    assert "it goes on from triage, which has no model yet" in failed.out
    assert not checkout.lock("triage").exists()

    lab.forget()
    held = ftops("apply", "--yes")
    assert held.code == 1
    assert "!  triage  hold    its job failed or was cancelled" in held.out
    assert "hint: see `ftops logs triage`; train it again with" in held.out
    assert lab.acts == {}
    assert ftops("plan", "--exit-code").code == Exit.CHANGES
    assert "out-of-sync  stalled" in ftops("status").out
    assert "the rows taste bad" in ftops("logs", "triage").out

    assert "train" in ftops("plan", "triage", "--retry", "triage").out
    retried = ftops("apply", "triage", "--yes", "--retry", "triage")
    assert retried.code == 1
    assert lab.acts == {NEW_JOB: 1}


def test_a_vanished_model_is_not_bought_again_by_itself(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    ftops("apply", "--yes")
    model = yaml.safe_load(checkout.read("specs/triage.lock"))["model"]
    lab.instead["GET", "/models"] = Canned(200, b'{"object": "list", "data": []}')
    lab.instead["GET", f"/models/{model}"] = Canned.error(404, "No such model")
    lab.forget()

    ran = ftops("apply", "--yes")
    assert ran.code == 1
    assert "!  triage  hold    its model is gone from the provider" in ran.out
    assert lab.acts == {}
    assert checkout.lock("triage").exists()


def test_nobody_waits_and_a_later_apply_records(ftops: Ftops, checkout: Checkout, lab: Lab) -> None:
    checkout.spec("triage", hyperparameters=HALTING)
    started = ftops("apply", "--yes", "--no-wait")
    assert started.code == 0
    assert "Done: 1 still running." in started.out
    assert not checkout.lock("triage").exists()
    assert "…  triage  await   its job is still running" in ftops("plan").out

    ran = ftops("apply", "--yes")
    assert ran.code == 0
    assert "which was already there" in ran.err
    assert lab.jobs_asked_for == 1
    assert ftops("plan", "--exit-code").code == 0


def test_a_lost_answer_is_looked_for_and_never_paid_twice(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    lab.instead[NEW_JOB] = Canned(500, b"{}")
    ran = ftops("apply", "--yes")
    assert ran.code == 1
    assert "?  triage  unconfirmed" in ran.out
    assert "whether a job was created is not known" in ran.out
    assert lab.jobs_asked_for == 1
    assert "unknown  progressing" in ftops("status").out

    lab.instead.clear()
    again = ftops("apply", "--yes", "--no-wait")
    assert again.code == 1
    assert lab.jobs_asked_for == 1

    wait_until(lambda: "train" in ftops("plan").out)
    assert ftops("apply", "--yes").code == 0
    assert lab.jobs_asked_for == 2


def test_a_job_is_paused_resumed_and_cancelled(ftops: Ftops, checkout: Checkout, lab: Lab) -> None:
    checkout.spec("triage", hyperparameters=SLOW)
    ftops("apply", "--yes", "--no-wait")
    wait_until(lambda: "Step" in ftops("logs", "triage").out)
    progressing = document(ftops("status", "-o", "json"))["specs"][0]
    assert progressing["health"] == "progressing"
    assert progressing["progress"]["total_steps"] == 100

    paused = ftops("pause", "triage")
    assert paused.told.startswith("ftjob-ID: ")
    assert paused.err == "asked; `ftops status` shows when it obeys\n"
    wait_until(lambda: "paused" in ftops("plan").out)
    assert ftops("resume", "triage").told.startswith("ftjob-ID: ")
    wait_until(lambda: "running" in ftops("plan").out)
    job = progressing["job"]["id"]
    assert ftops("cancel", job).code == 0
    wait_until(lambda: "hold" in ftops("plan").out)

    over = ftops("cancel", "triage")
    assert over.code == 1
    assert over.err == (
        f"error: job {job} of triage has already ended as cancelled\n"
        "hint: `ftops status` shows which jobs run\n"
    )
    assert ftops("plan", "--exit-code").code == Exit.CHANGES


def test_watching_ends_when_every_job_has_settled(ftops: Ftops, checkout: Checkout) -> None:
    checkout.spec("triage", hyperparameters=HALTING)
    ftops("apply", "--yes", "--no-wait")
    watched = ftops("status", "--watch")
    assert watched.code == 0
    assert "out-of-sync  ready" in watched.out
    followed = ftops("logs", "triage", "--follow")
    assert followed.out.endswith("The job has successfully completed\n")


def test_logs_follow_a_job_to_its_end(ftops: Ftops, checkout: Checkout) -> None:
    checkout.spec("triage", hyperparameters=HALTING)
    ftops("apply", "--yes", "--no-wait")
    followed = ftops("logs", "triage", "-f")
    assert followed.code == 0
    assert followed.out.endswith("The job has successfully completed\n")
    lines = followed.out.splitlines()
    assert len(lines) == len(set(lines))


def test_a_finished_job_is_adopted(ftops: Ftops, checkout: Checkout, lab: Lab) -> None:
    ftops("apply", "--yes")
    lock = checkout.read("specs/triage.lock")
    job = yaml.safe_load(lock)["job"]
    checkout.settings(
        project="another", targets={"lab": {"base_url": lab.base_url}}, defaults={"target": "lab"}
    )
    checkout.lock("triage").unlink()
    lab.forget()

    ran = ftops("adopt", "triage", job)

    assert ran.code == 0
    assert ran.told == "triage: ft:ftops-nano:local::ID\n"
    assert ran.err == "recorded in specs/triage.lock; commit it\n"
    assert checkout.read("specs/triage.lock") == lock
    assert lab.acts == {}
    assert ftops("plan", "--exit-code").code == 0


@pytest.mark.parametrize(
    ("job", "told"),
    [
        pytest.param("ftjob-none", "Could not find fine tune: ftjob-none", id="no such job"),
        pytest.param(None, "is cancelled and has no model to record", id="a cancelled job"),
    ],
)
def test_what_cannot_be_adopted_is_told(
    ftops: Ftops, checkout: Checkout, job: str | None, told: str
) -> None:
    checkout.spec("triage", hyperparameters=SLOW)
    ftops("apply", "--yes", "--no-wait")
    cancelled = ftops("cancel", "triage").out.partition(":")[0]
    wait_until(lambda: "hold" in ftops("plan").out)
    ran = ftops("adopt", "triage", job or cancelled)
    assert ran.code == 1
    assert told in ran.err
    assert "hint: " in ran.err
    assert not checkout.lock("triage").exists()


def test_an_interrupted_apply_says_what_goes_on_and_the_next_one_adopts_it(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    checkout.spec("triage", hyperparameters={"n_epochs": 4, "learning_rate_multiplier": 0.3})
    with subprocess.Popen(
        [sys.executable, "-m", "ftops", "apply", "--yes"],
        cwd=checkout.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        wait_until(lambda: lab.jobs_asked_for)
        os.kill(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=20)

    assert child.returncode == Exit.INTERRUPTED
    assert "…  triage  started" in out
    assert "interrupted; going on at the provider: ftjob-" in err
    assert "hint: `ftops apply` picks them up, `ftops cancel NAME` ends one" in err
    assert "Traceback" not in err

    ran = ftops("apply", "--yes")
    assert ran.code == 0, ran.err
    assert "which was already there" in ran.err
    assert lab.jobs_asked_for == 1
