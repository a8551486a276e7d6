import pytest

from ftops.trainer.recipes.contract import Options
from ftops.trainer.recipes.nano.schedule import rate_at, resolve
from ftops.trainer.recipes.nano.sizes import Pace, pace_for, sizes_for


def test_auto_for_a_small_set() -> None:
    found = resolve(Options(method="supervised", seed=1), 60, 1000, pace_for(60))
    assert (found.n_epochs, found.batch_size, found.steps) == (3, 4, 45)
    assert 450 <= found.steps * found.passes <= 550
    assert found.trained_tokens == 3000
    assert found.beta is None


def test_auto_for_a_larger_set() -> None:
    found = resolve(Options(method="supervised", seed=1), 500, 1000, pace_for(500))
    assert (found.batch_size, found.steps) == (8, 189)
    assert 850 <= found.steps * found.passes <= 1050


def test_what_was_asked_for_is_kept() -> None:
    options = Options(
        method="dpo", n_epochs=7, batch_size=16, learning_rate_multiplier=0.5, beta=0.3, seed=1
    )
    found = resolve(options, 33, 10, Pace())
    assert (found.n_epochs, found.batch_size, found.steps) == (7, 16, 21)
    assert (found.learning_rate_multiplier, found.beta) == (0.5, 0.3)


def test_beta_has_a_default() -> None:
    assert resolve(Options(method="dpo", seed=1), 20, 10, Pace()).beta == 0.1


def test_more_epochs_mean_more_updates() -> None:
    updates = [
        found.steps * found.passes
        for epochs in (1, 3, 9)
        for found in [resolve(Options(method="supervised", n_epochs=epochs, seed=1), 60, 1, Pace())]
    ]
    assert updates[1] == 3 * updates[0]
    assert updates[2] == 9 * updates[0]


def test_a_large_set_has_at_least_one_pass() -> None:
    assert resolve(Options(method="supervised", seed=1), 50_000, 1, pace_for(50_000)).passes == 1


def test_the_rate_rises_then_falls() -> None:
    rates = [rate_at(update, 100, 10) for update in range(100)]
    assert rates[0] < rates[5] < rates[9] > rates[50] > rates[99] > 0.05
    assert max(rates) <= 1.0


@pytest.mark.parametrize("updates", [1, 2])
def test_a_very_short_run_has_a_rate(updates: int) -> None:
    assert 0 < rate_at(updates - 1, updates, 20) <= 1.0


def test_small_sets_get_the_wider_network() -> None:
    assert sizes_for(100).width > sizes_for(101).width
