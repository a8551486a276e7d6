from dataclasses import replace

import pytest

from ftops.core.billing import Bill, Comparison, bill_of
from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.plan import Change, Forget, Hold, Keep, Reason, Train
from tests.fakes.specs import desired, lock

SPEC = desired()
LOCK = lock(SPEC)
OTHER = desired(rows="other")
ESTIMATED = SPEC.estimate


@pytest.mark.parametrize(
    ("estimated", "billed", "percent"),
    [
        pytest.param(15_000, 15_150, 1.0, id="more than thought"),
        pytest.param(0.08, 0.07, -12.5, id="less than thought"),
        pytest.param(3, 4, 33.3, id="to one digit"),
        pytest.param(0, 0, 0.0, id="free, as thought"),
        pytest.param(0, 5, None, id="no share of nothing"),
        pytest.param(None, 5, None, id="no estimate"),
        pytest.param(5, None, None, id="no bill"),
    ],
)
def test_how_far_the_bill_is_off(
    estimated: float | None, billed: float | None, percent: float | None
) -> None:
    assert Comparison(estimated=estimated, billed=billed).percent == percent


def unpriced(one: Desired) -> Desired:
    return replace(one, estimate=replace(one.estimate, usd=None))


@pytest.mark.parametrize(
    ("change", "recorded", "tokens", "usd"),
    [
        pytest.param(
            Keep(desired=SPEC, lock=LOCK),
            replace(LOCK, trained_tokens=16_500),
            (ESTIMATED.trained_tokens, 16_500),
            (ESTIMATED.usd, LOCK.cost_usd),
            id="data that is still the same",
        ),
        pytest.param(
            Hold(desired=SPEC, lock=LOCK, reason=Reason.MODEL_MISSING),
            LOCK,
            (ESTIMATED.trained_tokens, LOCK.trained_tokens),
            (ESTIMATED.usd, LOCK.cost_usd),
            id="a model that is gone was paid for all the same",
        ),
        pytest.param(
            Keep(desired=unpriced(SPEC), lock=LOCK),
            LOCK,
            (ESTIMATED.trained_tokens, LOCK.trained_tokens),
            (None, LOCK.cost_usd),
            id="the price is gone",
        ),
        pytest.param(
            Train(desired=OTHER, reason=Reason.INPUTS_CHANGED),
            LOCK,
            (None, LOCK.trained_tokens),
            (None, LOCK.cost_usd),
            id="the data is another one now",
        ),
        pytest.param(
            Forget(lock=LOCK),
            LOCK,
            (None, LOCK.trained_tokens),
            (None, LOCK.cost_usd),
            id="the spec is gone, and its data with it",
        ),
    ],
)
def test_what_was_estimated_and_what_was_billed(
    change: Change,
    recorded: Lock,
    tokens: tuple[int | None, int | None],
    usd: tuple[float | None, float | None],
) -> None:
    bill = bill_of(change, recorded)
    assert bill is not None
    assert (bill.tokens.estimated, bill.tokens.billed) == tokens
    assert (bill.usd.estimated, bill.usd.billed) == usd


def test_without_a_lock_nothing_was_billed() -> None:
    assert bill_of(Train(desired=SPEC, reason=Reason.SPEC_ADDED), None) is None


@pytest.mark.parametrize(
    ("changed", "exact"),
    [
        pytest.param({}, True, id="every token counted, epochs declared"),
        pytest.param({"exact": False}, False, id="a sample"),
        pytest.param({"epochs_are_assumed": True}, False, id="epochs left to the provider"),
    ],
)
def test_an_estimate_that_assumed_nothing_is_exact(
    changed: dict[str, bool], *, exact: bool
) -> None:
    sure = {"exact": True, "epochs_are_assumed": False}
    estimate = replace(ESTIMATED, **{**sure, **changed})
    assert Bill.of(LOCK, replace(SPEC, estimate=estimate)).exact is exact
    assert not Bill.of(LOCK, None).exact
