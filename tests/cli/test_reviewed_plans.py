"""What stands between a plan and its execution: a yes, a digest, a limit, another apply."""

import io
import json
import sys

import pytest
from typing_extensions import override

from ftops.adapters.own_folder.run_lock import ApplyLock
from ftops.adapters.system_clock import SystemClock
from tests.cli.scene import Scene, document


class Keyboard(io.StringIO):
    """A terminal at which somebody types."""

    @override
    def isatty(self) -> bool:
        return True


def test_nobody_at_the_terminal_and_no_yes_is_a_refusal(at: Scene) -> None:
    at.env.setattr(sys, "stdin", io.StringIO())
    ran = at.ftops("apply")
    digest = document(at.ftops("plan", "-o", "json"))["digest"]
    assert ran.code == 1
    assert ran.err == (
        "error: nobody is there to say yes\n"
        f"hint: pass --yes, or --expect {digest[:16]} for exactly this plan\n"
    )
    at.env.setattr(sys, "stdin", None)
    assert at.ftops("apply").code == 1
    assert at.lab.acts == {}


@pytest.mark.parametrize(
    ("typed", "code", "jobs", "told"),
    [
        pytest.param("y\n", 0, 1, "Apply this plan? [y/N]: ", id="yes"),
        pytest.param("n\n", 1, 0, "error: not applied", id="no"),
        pytest.param("\n", 1, 0, "error: not applied", id="nothing"),
        pytest.param("", 130, 0, "interrupted", id="the end of the input"),
    ],
)
def test_a_person_is_asked(at: Scene, typed: str, code: int, jobs: int, told: str) -> None:
    at.env.setattr(sys, "stdin", Keyboard(typed))
    ran = at.ftops("apply")
    assert ran.code == code
    assert told in ran.err
    assert at.lab.jobs_asked_for == jobs


def test_a_person_is_not_asked_when_nothing_is_to_do(at: Scene) -> None:
    at.ftops("apply", "--yes")
    at.env.setattr(sys, "stdin", io.StringIO())
    assert at.ftops("apply").code == 0


def test_only_the_reviewed_plan_is_applied(at: Scene) -> None:
    saved = at.ftops("plan", "--out", "plan.json")
    assert saved.code == 0
    assert saved.err == "saved to plan.json; apply it with `ftops apply --plan plan.json`\n"
    digest = json.loads(at.checkout.read("plan.json"))["digest"]

    at.checkout.spec("triage", seed=5)
    stale = at.ftops("apply", "--plan", "plan.json")
    assert stale.code == 1
    assert stale.err.startswith(f"error: the plan is not the reviewed one: expected {digest}, but")
    assert "hint: run `ftops plan`, review it again and pass its digest" in stale.err
    assert at.ftops("apply", "--expect", digest).code == 1
    assert at.lab.acts == {}

    at.checkout.spec("triage")
    assert at.ftops("apply", "--plan", "plan.json").code == 0
    assert at.lab.jobs_asked_for == 1


@pytest.mark.parametrize(
    ("length", "code"),
    [pytest.param(8, 0, id="eight digits will do"), pytest.param(7, 1, id="seven are too few")],
)
def test_the_beginning_of_a_digest_will_do(at: Scene, length: int, code: int) -> None:
    digest = document(at.ftops("plan", "-o", "json"))["digest"]
    assert at.ftops("apply", "--expect", digest[:length]).code == code


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
def test_a_file_that_is_no_saved_plan_is_refused(at: Scene, text: str, told: str) -> None:
    (at.checkout.root / "plan.json").write_bytes(text.encode("latin-1"))
    ran = at.ftops("apply", "--plan", "plan.json")
    assert ran.code == 1
    assert f"error: {told}\nhint: " in ran.err
    assert at.lab.requests == []


def test_a_plan_that_cannot_be_saved_is_told(at: Scene) -> None:
    ran = at.ftops("plan", "--out", "nowhere/plan.json")
    assert ran.code == 1
    assert ran.err == (
        "error: the plan could not be saved to nowhere/plan.json: No such file or directory\n"
        "hint: name another file\n"
    )


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        pytest.param(
            {"max_train": 1},
            "the plan would launch 2 jobs; ftops.yaml allows 1",
            id="too many jobs",
        ),
        pytest.param(
            {"max_cost_usd": 0.001},
            "the plan would cost about $0.02; ftops.yaml allows $0.00",
            id="too much money",
        ),
    ],
)
def test_an_oversized_plan_refuses_itself(at: Scene, limits: dict[str, float], told: str) -> None:
    at.checkout.settle(at.lab.base_url, limits=limits)
    at.checkout.spec("tone")
    for words in (("plan",), ("apply", "--yes")):
        ran = at.ftops(*words)
        assert ran.code == 1
        assert ran.err.startswith(f"error: {told}\nhint: apply fewer specs by name, or raise")
    assert at.lab.acts == {}
    assert at.ftops("apply", "tone", "--yes").code == (0 if "max_train" in limits else 1)


def test_a_model_without_a_price_is_not_bought_under_a_limit(at: Scene) -> None:
    at.checkout.settle(at.lab.base_url, limits={"max_cost_usd": 5})
    at.checkout.spec("triage", model="gpt-new")
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1
    assert ran.err == (
        "error: limits.max_cost_usd is set, but no price is known for gpt-new\n"
        "hint: add `prices: {gpt-new: USD_PER_MILLION_TOKENS}` to ftops.yaml\n"
    )
    at.checkout.settle(at.lab.base_url, limits={"max_cost_usd": 5}, prices={"gpt-new": 1})
    assert at.ftops("apply", "--yes").code == 0


def test_a_second_apply_in_one_checkout_is_refused(at: Scene) -> None:
    with ApplyLock(at.checkout.root, command="ftops apply", clock=SystemClock()):
        ran = at.ftops("apply", "--yes")
        assert at.ftops("plan").code == 0
    assert ran.code == 1
    assert ran.err.startswith("error: process ")
    assert "hint: wait until it ends (--lock-timeout SECONDS waits for you)" in ran.err
    assert "or stop it: kill -INT " in ran.err
    assert at.lab.acts == {}
    assert at.ftops("apply", "--yes").code == 0
