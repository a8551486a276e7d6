"""When a right plan refuses to run: not the reviewed one, or more than the project allows."""

from typing import Final

from ftops.core.plan import Plan
from ftops.core.project import Limits
from ftops.errors import StalePlan, TooMuchTraining

SHORTEST_DIGEST: Final = 8


def check_expected(plan: Plan, expected: str) -> None:
    """Raise StalePlan unless the plan is the reviewed one; a beginning of its digest will do."""
    wanted = expected.strip().lower().removeprefix("sha256:")
    if len(wanted) < SHORTEST_DIGEST or not plan.digest.startswith(wanted):
        raise StalePlan(
            f"the plan is not the reviewed one: expected {expected}, but it is {plan.digest}",
            hint="run `ftops plan`, review it again and pass its digest",
        )


def check_limits(plan: Plan, limits: Limits) -> None:
    """Raise TooMuchTraining if the plan would launch or spend more than ftops.yaml allows."""
    count = len(plan.trains)
    if limits.max_train is not None and count > limits.max_train:
        raise TooMuchTraining(
            f"the plan would launch {count} jobs; ftops.yaml allows {limits.max_train}",
            hint="apply fewer specs by name, or raise limits.max_train in ftops.yaml",
        )
    if limits.max_cost_usd is None or not count:
        return
    hourly = {
        one.desired.root_model: one.desired.estimate.usd_per_hour
        for one in plan.trains
        if one.desired.estimate.usd_per_hour is not None
    }
    if hourly:
        base, usd = min(hourly.items())
        raise TooMuchTraining(
            f"limits.max_cost_usd is set, but {base} is billed by training time at "
            f"${usd:,.2f} per hour, so its cost is not known before",
            hint=f"add a guess of yours, `prices: {{{base}: USD_PER_MILLION_TOKENS}}`, to "
            "ftops.yaml, or take limits.max_cost_usd out",
        )
    unpriced = sorted(
        {one.desired.root_model for one in plan.trains if one.desired.estimate.usd is None}
    )
    if unpriced:
        raise TooMuchTraining(
            f"limits.max_cost_usd is set, but no price is known for {', '.join(unpriced)}",
            hint=f"add `prices: {{{unpriced[0]}: USD_PER_MILLION_TOKENS}}` to ftops.yaml",
        )
    if (plan.usd or 0.0) > limits.max_cost_usd:
        raise TooMuchTraining(
            f"the plan would cost about ${plan.usd:.2f}; ftops.yaml allows "
            f"${limits.max_cost_usd:.2f}",
            hint="apply fewer specs by name, or raise limits.max_cost_usd in ftops.yaml",
        )
