import pytest

from ftops.trainer.running.turns import next_up
from tests.trainer.samples import a_job


@pytest.mark.parametrize(
    ("waiting", "at_work", "last_turns", "next_id"),
    [
        pytest.param([], [], {}, None, id="nothing waits"),
        pytest.param(["a1", "a2"], [], {}, "a1", id="the oldest goes first"),
        pytest.param(["a2", "b1"], ["a1"], {"a": 1}, "b1", id="a base that works lets others go"),
        pytest.param(["a2", "b1"], [], {"a": 1}, "b1", id="and so does one that had its turn"),
        pytest.param(["a3", "b2"], [], {"a": 1, "b": 2}, "a3", id="then it is its turn again"),
        pytest.param(["a3", "b2"], ["b1", "a2"], {"a": 2, "b": 1}, "b2", id="as long as even"),
    ],
)
def test_base_models_take_turns(
    waiting: list[str], at_work: list[str], last_turns: dict[str, int], next_id: str | None
) -> None:
    jobs = [[a_job(name, model=name[0]) for name in names] for names in (waiting, at_work)]
    found = next_up(jobs[0], jobs[1], last_turns)
    assert (found.id if found else None) == next_id
