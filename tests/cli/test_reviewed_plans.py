"""What stands between a plan and its execution: a yes, a digest, a limit, another apply."""

import io
import json
import sys

import pytest

from ftops.adapters.own_folder.run_lock import ApplyLock
from ftops.adapters.system_clock import SystemClock
from tests.cli.checkout import Checkout
from tests.cli.conftest import Ftops, document
from tests.cli.lab import Lab


class Keyboard(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def test_nobody_at_the_terminal_and_no_yes_is_a_refusal(
    ftops: Ftops, checkout: Checkout, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ran = ftops("apply")
    digest = document(ftops("plan", "-o", "json"))["digest"]
    assert ran.code == 1
    assert ran.err == (
        "error: nobody is there to say yes\n"
        f"hint: pass --yes, or --expect {digest[:16]} for exactly this plan\n"
    )
    monkeypatch.setattr(sys, "stdin", None)
    assert ftops("apply").code == 1
    assert lab.acts == {}


@pytest.mark.parametrize(
    ("typed", "code", "jobs", "told"),
    [
        pytest.param("y\n", 0, 1, "Apply this plan? [y/N]: ", id="yes"),
        pytest.param("n\n", 1, 0, "error: not applied", id="no"),
        pytest.param("\n", 1, 0, "error: not applied", id="nothing"),
        pytest.param("", 130, 0, "interrupted", id="the end of the input"),
    ],
)
def test_a_person_is_asked(
    ftops: Ftops,
    checkout: Checkout,
    lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    jobs: int,
    told: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    ran = ftops("apply")
    assert ran.code == code
    assert told in ran.err
    assert lab.jobs_asked_for == jobs


def test_a_person_is_not_asked_when_nothing_is_to_do(
    ftops: Ftops, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    ftops("apply", "--yes")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert ftops("apply").code == 0


def test_only_the_reviewed_plan_is_applied(ftops: Ftops, checkout: Checkout, lab: Lab) -> None:
    saved = ftops("plan", "--out", "plan.json")
    assert saved.code == 0
    assert saved.err == "saved to plan.json; apply it with `ftops apply --plan plan.json`\n"
    digest = json.loads(checkout.read("plan.json"))["digest"]

    checkout.spec("triage", seed=5)
    stale = ftops("apply", "--plan", "plan.json")
    assert stale.code == 1
    assert stale.err.startswith(f"error: the plan is not the reviewed one: expected {digest}, but")
    assert "hint: run `ftops plan`, review it again and pass its digest" in stale.err
    assert ftops("apply", "--expect", digest).code == 1
    assert lab.acts == {}

    checkout.spec("triage")
    assert ftops("apply", "--plan", "plan.json").code == 0
    assert lab.jobs_asked_for == 1


@pytest.mark.parametrize(
    ("length", "code"),
    [pytest.param(8, 0, id="eight digits will do"), pytest.param(7, 1, id="seven are too few")],
)
def test_the_beginning_of_a_digest_will_do(
    ftops: Ftops, checkout: Checkout, length: int, code: int
) -> None:
    digest = document(ftops("plan", "-o", "json"))["digest"]
    assert ftops("apply", "--expect", digest[:length]).code == code


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("{", "plan.json is not a plan that ftops saved", id="not JSON"),
        pytest.param("[]", "plan.json is not a plan that ftops saved", id="not a plan"),
        pytest.param("\xff", "plan.json is not a plan that ftops saved", id="not UTF-8"),
        pytest.param(
            '{"format_version": 2, "digest": "00"}',
            "plan.json was saved by another version of ftops",
            id="from the future",
        ),
    ],
)
def test_a_file_that_is_no_saved_plan_is_refused(
    ftops: Ftops, checkout: Checkout, lab: Lab, text: str, told: str
) -> None:
    (checkout.root / "plan.json").write_bytes(text.encode("latin-1"))
    ran = ftops("apply", "--plan", "plan.json")
    assert ran.code == 1
    assert f"error: {told}\nhint: " in ran.err
    assert lab.requests == []


def test_a_plan_that_cannot_be_saved_is_told(ftops: Ftops, checkout: Checkout) -> None:
    ran = ftops("plan", "--out", "nowhere/plan.json")
    assert ran.code == 1
    assert ran.err == (
        "error: the plan could not be saved to nowhere/plan.json: No such file or directory\n"
        "hint: name another file\n"
    )


@pytest.mark.parametrize(
    ("limits", "prices", "told"),
    [
        pytest.param(
            {"max_train": 1},
            {},
            "the plan would launch 2 jobs; ftops.yaml allows 1",
            id="too many jobs",
        ),
        pytest.param(
            {"max_cost_usd": 0.001},
            {},
            "the plan would cost about $0.02; ftops.yaml allows $0.00",
            id="too much money",
        ),
    ],
)
def test_an_oversized_plan_refuses_itself(
    ftops: Ftops,
    checkout: Checkout,
    lab: Lab,
    limits: dict[str, float],
    prices: dict[str, float],
    told: str,
) -> None:
    checkout.settle(lab.base_url, limits=limits, prices=prices)
    checkout.spec("tone")
    for words in (("plan",), ("apply", "--yes")):
        ran = ftops(*words)
        assert ran.code == 1
        assert ran.err.startswith(f"error: {told}\nhint: apply fewer specs by name, or raise")
    assert lab.acts == {}
    assert ftops("apply", "tone", "--yes").code == (0 if "max_train" in limits else 1)


def test_a_model_without_a_price_is_not_bought_under_a_limit(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    checkout.settle(lab.base_url, limits={"max_cost_usd": 5})
    checkout.spec("triage", model="gpt-new")
    ran = ftops("apply", "--yes")
    assert ran.code == 1
    assert ran.err == (
        "error: limits.max_cost_usd is set, but no price is known for gpt-new\n"
        "hint: add `prices: {gpt-new: USD_PER_MILLION_TOKENS}` to ftops.yaml\n"
    )
    checkout.settle(lab.base_url, limits={"max_cost_usd": 5}, prices={"gpt-new": 1})
    assert ftops("apply", "--yes").code == 0


def test_a_second_apply_in_one_checkout_is_refused(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    with ApplyLock(checkout.root, command="ftops apply", clock=SystemClock()):
        ran = ftops("apply", "--yes")
        assert ftops("plan").code == 0
    assert ran.code == 1
    assert ran.err.startswith("error: process ")
    assert "hint: wait until it ends, or stop it: kill -INT " in ran.err
    assert lab.acts == {}
    assert ftops("apply", "--yes").code == 0


def test_a_lease_that_cannot_be_held_is_refused(ftops: Ftops, checkout: Checkout, lab: Lab) -> None:
    checkout.settle(lab.base_url, lease="git")
    ran = ftops("apply", "--yes")
    assert ran.code == 1
    assert "hint: set `lease: none`, and let a concurrency group keep pipelines apart" in ran.err
    assert lab.requests == []
