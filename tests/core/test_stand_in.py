import pytest

from ftops.core.billing import Bill
from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.stand_in import stand_in_of
from tests.fakes.specs import desired, lock

NANO = "ftops-nano"
REHEARSED = lock(model=f"ft:{NANO}:local::AbC123")


@pytest.mark.parametrize(
    ("recorded", "wanted", "stands_in", "found"),
    [
        pytest.param(REHEARSED, desired(), NANO, NANO, id="a rehearsal"),
        pytest.param(REHEARSED, None, NANO, NANO, id="of data that is unknown by now"),
        pytest.param(REHEARSED, desired(model=NANO), NANO, None, id="it is the declared base"),
        pytest.param(lock(), desired(), NANO, None, id="a base that the server has"),
        pytest.param(lock(), desired(), None, None, id="a provider that has them all"),
    ],
)
def test_who_trained_in_the_place_of_a_base(
    recorded: Lock, wanted: Desired | None, stands_in: str | None, found: str | None
) -> None:
    assert stand_in_of(recorded, wanted, stands_in) == found


def test_the_bill_of_a_rehearsal_has_no_estimate_of_tokens() -> None:
    bill = Bill.of(REHEARSED, desired(), NANO)
    assert (bill.stand_in, bill.tokens.estimated, bill.tokens.percent) == (NANO, None, None)
    assert bill.tokens.billed == REHEARSED.trained_tokens
