import numpy as np
import pytest

from ftops.trainer.recipes.nano.network import PREFIX_TABLE, Gradients, Scattered, Weights
from ftops.trainer.recipes.nano.optimiser import fresh_moments, update


def _weights() -> Weights:
    return {"map": np.array([[3.0, -2.0]]), PREFIX_TABLE: np.ones((4, 2))}


def _uphill(weights: Weights, rows: list[int]) -> Gradients:
    return Gradients(
        whole={"map": 2 * weights["map"]},
        prefix=Scattered(rows=np.array(rows), slopes=2 * weights[PREFIX_TABLE][rows]),
    )


def test_it_finds_the_bottom_of_a_bowl() -> None:
    weights = _weights()
    moments = fresh_moments(weights)
    for _ in range(600):
        update(weights, moments, _uphill(weights, [1, 3]), 0.02)
    assert np.abs(weights["map"]).max() < 0.05
    assert np.abs(weights[PREFIX_TABLE][[1, 3]]).max() < 0.05


def test_untouched_rows_stay_as_they_are() -> None:
    weights = _weights()
    moments = fresh_moments(weights)
    update(weights, moments, _uphill(weights, [2]), 0.1)
    np.testing.assert_array_equal(weights[PREFIX_TABLE][[0, 1, 3]], np.ones((3, 2)))
    assert moments.row_updates.tolist() == [0, 0, 1, 0]


def test_a_rows_first_touch_is_a_full_step_however_late_it_comes() -> None:
    weights = _weights()
    moments = fresh_moments(weights)
    for _ in range(50):
        update(weights, moments, _uphill(weights, [0]), 0.001)
    update(weights, moments, _uphill(weights, [3]), 0.01)
    np.testing.assert_allclose(weights[PREFIX_TABLE][3], 0.99, atol=1e-6)


def test_a_huge_slope_is_shortened() -> None:
    weights = _weights()
    moments = fresh_moments(weights)
    slopes = Gradients(
        whole={"map": np.array([[1e6, 0.0]])},
        prefix=Scattered(rows=np.zeros(0, int), slopes=np.zeros((0, 2))),
    )
    update(weights, moments, slopes, 0.1)
    assert moments.first["map"][0, 0] == pytest.approx(0.1)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_slope_that_is_no_number_is_refused(bad: float) -> None:
    weights = _weights()
    slopes = Gradients(
        whole={"map": np.array([[bad, 0.0]])},
        prefix=Scattered(rows=np.zeros(0, int), slopes=np.zeros((0, 2))),
    )
    with pytest.raises(ValueError, match="hint: lower learning_rate_multiplier"):
        update(weights, fresh_moments(weights), slopes, 0.1)
    np.testing.assert_array_equal(weights["map"], _weights()["map"])
