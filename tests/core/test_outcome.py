import pytest

from ftops.core.names import JobId
from ftops.core.outcome import Failed, Outcome, Settled, Skipped, Started, Unconfirmed, is_fine
from ftops.core.plan import Forget
from tests.fakes.specs import lock

CHANGE = Forget(lock=lock())


@pytest.mark.parametrize(
    ("outcome", "fine"),
    [
        pytest.param(Settled(change=CHANGE, lock=None), True, id="settled"),
        pytest.param(Started(change=CHANGE, job=JobId("ftjob-1")), True, id="started"),
        pytest.param(Unconfirmed(change=CHANGE, message="no answer"), False, id="unconfirmed"),
        pytest.param(Failed(change=CHANGE, message="refused"), False, id="failed"),
        pytest.param(Skipped(change=CHANGE, message="held"), False, id="skipped"),
    ],
)
def test_whether_anything_is_left_to_do(outcome: Outcome, *, fine: bool) -> None:
    assert is_fine(outcome) is fine
