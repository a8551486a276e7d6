from dataclasses import replace

import pytest

from ftops.core.against_lock import against_lock
from tests.fakes.specs import desired, lock


def test_the_bill_grows_by_tokens_and_dollars() -> None:
    now = desired("triage", hyperparameters={"n_epochs": 4})
    then = replace(lock(now), trained_tokens=15_000, cost_usd=0.075)
    against = against_lock(now, then)
    assert (against.old_tokens, against.new_tokens) == (15_000, 20_000)
    assert against.old_usd == 0.075
    assert against.new_usd == pytest.approx(0.1)
    assert against.is_exact


def test_what_a_stand_in_counted_is_nothing_to_compare_with() -> None:
    now = desired("triage")
    then = replace(lock(now), model="ft:ftops-nano:local::x", cost_usd=0.0)
    against = against_lock(now, then, "ftops-nano")
    assert (against.stand_in, against.old_tokens, against.old_usd) == ("ftops-nano", None, 0.0)
    assert against_lock(now, lock(now), "ftops-nano").stand_in is None


def test_what_the_lock_does_not_know_is_not_made_up() -> None:
    now = desired("triage")
    then = replace(lock(now), trained_tokens=None, cost_usd=None)
    against = against_lock(now, then)
    assert against.old_tokens is None
    assert against.old_usd is None
    assert not against.is_exact
