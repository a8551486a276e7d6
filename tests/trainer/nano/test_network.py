from dataclasses import replace

import numpy as np
import pytest

from ftops.trainer.recipes.nano.network import (
    PREFIX_TABLE,
    Batch,
    Prefix,
    Weights,
    add_gradients,
    backward,
    forward,
    gather_rows,
    initial_weights,
    softmax,
)
from ftops.trainer.recipes.nano.sizes import Sizes
from ftops.trainer.recipes.nano.supervised import token_losses

SIZES = Sizes(width=8, layers=2, heads=2, table=12, vocabulary=11, context=16)
TOKENS = 11


def _weights() -> Weights:
    made = initial_weights(SIZES, TOKENS, np.random.default_rng(3))
    return {name: weight.astype(np.float64) for name, weight in made.items()}


def _batch() -> Batch:
    rng = np.random.default_rng(4)
    spoken = np.zeros((3, 6), bool)
    spoken[:, 0] = spoken[:, 3:] = True
    return Batch(
        tokens=rng.integers(0, TOKENS, (3, 6)),
        places=np.tile(np.arange(-2, 4), (3, 1)),
        spoken=spoken,
        prefix=Prefix(
            rows=np.array([1, 4, 4, 7, 1]),
            strengths=np.array([0.5, 0.8, 0.3, 0.6, 0.9]),
            owners=np.array([0, 0, 1, 1, 2]),
        ),
        where=np.array([3, 4, 5, 9, 10, 15]),
        targets=rng.integers(0, TOKENS, 6),
    )


def _loss(weights: Weights, batch: Batch) -> float:
    return float(token_losses(forward(weights, batch, SIZES).logits, batch.targets).mean())


def _slopes(weights: Weights, batch: Batch) -> Weights:
    tape = forward(weights, batch, SIZES)
    slope = softmax(tape.logits)
    slope[np.arange(len(slope)), batch.targets] -= 1
    found = backward(weights, batch, tape, slope / len(slope))
    table = np.zeros_like(weights[PREFIX_TABLE])
    table[found.prefix.rows] = found.prefix.slopes
    return found.whole | {PREFIX_TABLE: table}


@pytest.mark.parametrize("name", sorted(_weights()))
def test_the_backward_pass_agrees_with_finite_differences(name: str) -> None:
    weights, batch = _weights(), _batch()
    slopes = _slopes(weights, batch)[name].reshape(-1)
    flat, step = weights[name].reshape(-1), 1e-5
    measured = np.zeros_like(flat)
    for place in range(flat.size):
        kept = flat[place]
        flat[place] = kept + step
        above = _loss(weights, batch)
        flat[place] = kept - step
        measured[place] = (above - _loss(weights, batch)) / (2 * step)
        flat[place] = kept
    assert np.abs(measured).max() > 1e-4, "nothing would be checked"
    worst = np.abs(measured - slopes) / np.maximum(np.abs(measured) + np.abs(slopes), 1e-4)
    assert worst.max() < 1e-4


def test_every_weight_is_covered_by_the_backward_pass() -> None:
    assert set(_slopes(_weights(), _batch())) == set(_weights())


def test_a_later_token_changes_no_earlier_score() -> None:
    weights, batch = _weights(), _batch()
    changed = batch.tokens.copy()
    changed[0, 5] = (changed[0, 5] + 1) % TOKENS
    before = forward(weights, batch, SIZES).logits
    after = forward(weights, replace(batch, tokens=changed), SIZES).logits
    np.testing.assert_array_equal(before[:2], after[:2])
    assert np.abs(before[2] - after[2]).max() > 1e-6


def test_sequences_of_a_batch_do_not_see_one_another() -> None:
    weights, batch = _weights(), _batch()
    changed = batch.tokens.copy()
    changed[1] = (changed[1] + 1) % TOKENS
    before = forward(weights, batch, SIZES).logits
    after = forward(weights, replace(batch, tokens=changed), SIZES).logits
    np.testing.assert_allclose(before[[0, 1, 2, 5]], after[[0, 1, 2, 5]], atol=1e-12)


def test_the_prefix_reaches_the_answer() -> None:
    weights, batch = _weights(), _batch()
    other = replace(batch.prefix, rows=np.array([2, 4, 4, 7, 1]))
    before = forward(weights, batch, SIZES).logits
    after = forward(weights, replace(batch, prefix=other), SIZES).logits
    assert np.abs(before[0] - after[0]).max() > 1e-6


def test_rows_that_meet_are_added_in_order() -> None:
    found = gather_rows(np.array([3, 1, 3]), np.array([[1.0], [2.0], [4.0]]))
    assert found.rows.tolist() == [1, 3]
    assert found.slopes.tolist() == [[2.0], [5.0]]


def test_no_rows_gather_to_nothing() -> None:
    found = gather_rows(np.zeros(0, np.int64), np.zeros((0, 4)))
    assert (found.rows.shape, found.slopes.shape) == ((0,), (0, 4))


def test_gradients_of_parts_add_up_to_that_of_the_whole() -> None:
    weights, batch = _weights(), _batch()
    tape = forward(weights, batch, SIZES)
    slope = np.random.default_rng(5).standard_normal(tape.logits.shape)
    front = np.where(np.arange(6)[:, None] < 3, slope, 0.0)
    whole = backward(weights, batch, tape, slope)
    summed = add_gradients(
        backward(weights, batch, tape, front), backward(weights, batch, tape, slope - front)
    )
    for name, found in whole.whole.items():
        np.testing.assert_allclose(found, summed.whole[name], atol=1e-12)
    np.testing.assert_allclose(whole.prefix.slopes, summed.prefix.slopes, atol=1e-12)
