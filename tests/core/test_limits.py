import pytest

from ftops.core.limits import check_expected, check_limits
from ftops.core.plan import Keep, Plan, Reason, Train
from ftops.core.project import Limits
from ftops.errors import StalePlan, TooMuchTraining
from tests.fakes.specs import desired, lock


def launching(*models: str) -> Plan:
    """Return a plan that launches one job per base, 7.5 cents for gpt-4.1-mini."""
    changes = [
        Train(desired=desired(f"spec-{n}", model=model), reason=Reason.SPEC_ADDED)
        for n, model in enumerate(models)
    ]
    return Plan(changes=(*changes, Keep(desired=desired(), lock=lock())))


MINI = "gpt-4.1-mini-2025-04-14"
PLAN = launching(MINI)
REINFORCED = Plan(
    changes=(
        Train(
            desired=desired(
                model="o4-mini-2025-04-16",
                method="reinforcement",
                dataset={"train": "a.jsonl", "validation": "b.jsonl"},
                grader={"type": "string_check", "name": "exact", "operation": "eq"},
            ),
            reason=Reason.SPEC_ADDED,
        ),
    )
)


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(PLAN.digest, id="the whole digest"),
        pytest.param(PLAN.digest[:8], id="its first eight digits"),
        pytest.param(f" sha256:{PLAN.digest.upper()} ", id="as pasted"),
    ],
)
def test_the_reviewed_plan_runs(expected: str) -> None:
    check_expected(PLAN, expected)


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(launching(MINI, MINI).digest, id="another plan's"),
        pytest.param(PLAN.digest[:7], id="too few digits to mean anything"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_plan_is_refused(expected: str) -> None:
    with pytest.raises(StalePlan) as refused:
        check_expected(PLAN, expected)
    assert PLAN.digest in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("plan", "limits"),
    [
        pytest.param(launching(MINI, MINI), Limits(), id="no limits"),
        pytest.param(launching(MINI, MINI), Limits(max_train=2), id="as many as allowed"),
        pytest.param(PLAN, Limits(max_cost_usd=0.075), id="as much as allowed"),
        pytest.param(launching(), Limits(max_train=0, max_cost_usd=0), id="nothing to launch"),
        pytest.param(launching("nobody-knows"), Limits(max_train=1), id="an unknown price alone"),
        pytest.param(REINFORCED, Limits(max_train=1), id="a cost by the hour alone"),
    ],
)
def test_within_limits(plan: Plan, limits: Limits) -> None:
    check_limits(plan, limits)


@pytest.mark.parametrize(
    ("plan", "limits", "message", "hint"),
    [
        pytest.param(
            launching(MINI, MINI),
            Limits(max_train=1),
            "the plan would launch 2 jobs; ftops.yaml allows 1",
            "raise limits.max_train",
            id="too many jobs",
        ),
        pytest.param(
            PLAN,
            Limits(max_cost_usd=0.05),
            r"the plan would cost about \$0.07; ftops.yaml allows \$0.05",
            "raise limits.max_cost_usd",
            id="too much money",
        ),
        pytest.param(
            launching(MINI, "unheard-of", "nobody-knows"),
            Limits(max_cost_usd=1_000),
            "no price is known for nobody-knows, unheard-of",
            "prices: {nobody-knows: USD_PER_MILLION_TOKENS}",
            id="a price that nobody knows",
        ),
        pytest.param(
            REINFORCED,
            Limits(max_cost_usd=1_000),
            r"o4-mini-2025-04-16 is billed by training time at \$100.00 per hour, so its cost is",
            "`prices: {o4-mini-2025-04-16: USD_PER_MILLION_TOKENS}`, to ftops.yaml, or take",
            id="a cost that nobody knows before",
        ),
    ],
)
def test_beyond_limits(plan: Plan, limits: Limits, message: str, hint: str) -> None:
    with pytest.raises(TooMuchTraining, match=message) as refused:
        check_limits(plan, limits)
    assert refused.value.hint is not None
    assert hint in refused.value.hint
