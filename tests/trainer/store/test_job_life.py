import itertools

import pytest

from ftops.trainer.store.job_life import (
    AT_WORK,
    FINAL,
    TRANSITIONS,
    Happening,
    IllegalTransitionError,
    Status,
    after,
)


@pytest.mark.parametrize(
    ("happenings", "end"),
    [
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.COMPLETED],
            Status.SUCCEEDED,
            id="a healthy job succeeds",
        ),
        pytest.param([Happening.REJECTED], Status.FAILED, id="illegal files fail it"),
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.BROKE],
            Status.FAILED,
            id="an exception fails it",
        ),
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.LOST, Happening.BEGUN],
            Status.RUNNING,
            id="a vanished worker is followed by another",
        ),
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.PAUSE, Happening.SET_ASIDE],
            Status.PAUSED,
            id="a running job pauses",
        ),
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.PAUSE, Happening.LOST],
            Status.PAUSED,
            id="a worker that vanishes while pausing has paused",
        ),
        pytest.param(
            [Happening.VALIDATED, Happening.PAUSE, Happening.RESUME],
            Status.QUEUED,
            id="a queued job pauses at once and can go on",
        ),
        pytest.param([Happening.CANCEL], Status.CANCELLED, id="a new job is cancelled at once"),
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.CANCEL],
            Status.RUNNING,
            id="a running job runs until its worker obeys",
        ),
        pytest.param(
            [Happening.VALIDATED, Happening.BEGUN, Happening.CANCEL, Happening.STOPPED],
            Status.CANCELLED,
            id="and is cancelled then",
        ),
    ],
)
def test_a_job_moves_along_the_table(happenings: list[Happening], end: Status) -> None:
    status = Status.VALIDATING
    for happening in happenings:
        status = after(status, happening)
    assert status is end


@pytest.mark.parametrize(
    ("status", "happening"),
    [
        pytest.param(status, happening, id=f"{status} refuses {happening.name.lower()}")
        for status, happening in itertools.product(Status, Happening)
        if (status, happening) not in TRANSITIONS
    ],
)
def test_all_else_is_illegal(status: Status, happening: Happening) -> None:
    with pytest.raises(IllegalTransitionError, match=status) as caught:
        after(status, happening)
    assert (caught.value.status, caught.value.happening) == (status, happening)


def test_nothing_leaves_a_final_state_and_everything_else_can_be_left() -> None:
    assert {status for status, _ in TRANSITIONS} == set(Status) - FINAL


def test_every_state_but_the_first_is_reached() -> None:
    assert set(TRANSITIONS.values()) == set(Status) - {Status.VALIDATING}


def test_a_job_at_work_can_be_lost() -> None:
    assert all((status, Happening.LOST) in TRANSITIONS for status in AT_WORK)
