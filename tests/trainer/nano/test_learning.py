"""That what is learned is the data: not its noise, not the validation rows."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ftops.trainer.recipes.contract import Row
from ftops.trainer.recipes.nano.files import read_model
from ftops.trainer.recipes.nano.network import Weights
from ftops.trainer.recipes.nano.recipe import NanoRecipe
from tests.trainer.nano.school import (
    SHORT,
    SMALL,
    Diary,
    chat,
    fit_small,
    fitted,
    support_rows,
    task,
)

ROWS = support_rows(10)


def _shuffled(rows: list[Row]) -> list[Row]:
    answers = [row["messages"][-1] for row in rows]
    random.Random(3).shuffle(answers)  # noqa: S311 - no secret
    return [
        {"messages": [*row["messages"][:-1], answer]}
        for row, answer in zip(rows, answers, strict=True)
    ]


def _colours() -> tuple[list[Row], list[Row]]:
    """Rows whose answer follows from a word of the question, and some of them held out."""
    rows = [
        chat(f"Is the {thing} {colour}?", f"Yes, all {colour}.")
        for thing in ("car", "cup", "door", "hat", "lamp", "shoe", "sofa", "tent")
        for colour in ("red", "blue", "green", "white", "black")
    ]
    random.Random(1).shuffle(rows)  # noqa: S311 - no secret
    return rows[:30], rows[30:]


def test_validation_rows_are_only_looked_at(tmp_path: Path) -> None:
    alone = fit_small(tmp_path / "alone", ROWS)
    watched = fit_small(tmp_path / "watched", ROWS, validation=support_rows(24)[20:])
    left, right = read_model(alone).weights, read_model(watched).weights
    for name, weight in left.items():
        np.testing.assert_array_equal(weight, right[name])


@pytest.mark.parametrize("weight", [0, 1])
def test_only_what_has_weight_moves_the_weights(tmp_path: Path, weight: int) -> None:
    """Of the same texts, two last answers change places: nothing is said after them."""

    def taught(folder: str, *last: str) -> Weights:
        ends = [{"role": "assistant", "content": text, "weight": weight} for text in last]
        told = [
            {"messages": [*row["messages"], {"role": "user", "content": "And?"}, end]}
            for row, end in zip(ROWS, ends, strict=False)
        ]
        return read_model(fit_small(tmp_path / folder, [*told, *ROWS[2:]])).weights

    left = taught("left", "Nothing of the kind.", "Quite so, as ever.")
    right = taught("right", "Quite so, as ever.", "Nothing of the kind.")
    moved = max(np.abs(left[name] - right[name]).max() for name in left)
    assert (moved > 0) == bool(weight)


def _final_valid_loss(folder: Path, rows: list[Row], held_out: list[Row]) -> tuple[float, float]:
    """Return the first and the last loss on rows held out, of the weights alone."""
    diary = Diary()
    recipe = NanoRecipe(replace(SMALL, width=32), replace(SHORT, updates=400))
    fitted(recipe.fit(task(folder, rows, memory=False, validation=held_out), diary))
    losses = [step.valid_loss for step in diary.steps]
    first, last = losses[0], losses[-1]
    assert first is not None
    assert last is not None
    return first, last


def test_a_rule_is_learned_and_noise_is_not(tmp_path: Path) -> None:
    rows, held_out = _colours()
    first, ruled = _final_valid_loss(tmp_path / "ruled", rows, held_out)
    _, noisy = _final_valid_loss(tmp_path / "noisy", _shuffled(rows), held_out)
    assert ruled < first / 2
    assert noisy > 5 * ruled
