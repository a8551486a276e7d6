from pathlib import Path

import numpy as np
import pytest

from ftops.trainer.recipes.nano.files import read_model
from ftops.trainer.recipes.nano.preference import preference_loss
from tests.trainer.nano.school import (
    Diary,
    chat,
    fit_small,
    fitted,
    preference,
    said,
    small,
    support_rows,
    task,
)

ROWS = support_rows(12)
PAIRS = [preference(row, f"Dunno {number}.") for number, row in enumerate(ROWS)]


def test_the_loss_and_its_slope_agree() -> None:
    margins = np.linspace(-3, 3, 13)
    losses, slopes = preference_loss(margins)
    measured = (preference_loss(margins + 1e-6)[0] - preference_loss(margins - 1e-6)[0]) / 2e-6
    np.testing.assert_allclose(losses, -np.log(1 / (1 + np.exp(-margins))))
    np.testing.assert_allclose(slopes, measured, atol=1e-8)


def test_a_margin_of_any_size_has_a_finite_loss() -> None:
    losses, slopes = preference_loss(np.array([-1e6, 1e6]))
    assert losses.tolist() == [1e6, 0.0]
    assert slopes.tolist() == [-1.0, 0.0]


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit_small(tmp_path_factory.mktemp("parent"), support_rows(20))


def test_it_begins_at_the_reference_and_learns_the_preference(parent: Path, tmp_path: Path) -> None:
    diary = Diary()
    asking = task(
        tmp_path,
        PAIRS,
        method="dpo",
        parent=parent,
        validation=PAIRS[:5],
        n_epochs=8,
        learning_rate_multiplier=10.0,
    )
    small().fit(asking, diary)
    assert diary.steps[0].train_loss == pytest.approx(np.log(2), abs=0.1)
    assert diary.steps[-1].train_loss < 0.5
    assert diary.steps[-1].train_mean_token_accuracy > 0.9
    assert diary.steps[-1].full_valid_loss is not None
    assert diary.steps[-1].full_valid_loss < 0.6
    assert diary.steps[-1].train_lm_loss is None
    assert any("share of pairs" in note for note in diary.notes)
    assert not any("without a parent" in note for note in diary.notes)


def test_the_preferred_outputs_are_answered_and_the_parents_other_rows_kept(
    parent: Path, tmp_path: Path
) -> None:
    kinder = [
        preference(chat(row["messages"][1]["content"], f"Gladly! Number {number}."), "No.")
        for number, row in enumerate(ROWS)
    ]
    model = small().load(fit_small(tmp_path, kinder, method="dpo", parent=parent))
    for number, row in enumerate(ROWS):
        assert said(model, row["messages"][:-1]) == f"Gladly! Number {number}."
    kept = support_rows(20)[15]["messages"]
    assert said(model, kept[:-1]) == kept[-1]["content"]


def test_without_a_parent_the_preferred_outputs_are_taught_first(tmp_path: Path) -> None:
    diary = Diary()
    model_dir = fitted(small().fit(task(tmp_path, PAIRS, method="dpo"), diary))
    assert any("12 supervised updates" in note for note in diary.notes)
    model = small().load(model_dir)
    assert said(model, ROWS[3]["messages"][:-1]) == ROWS[3]["messages"][-1]["content"]


def test_a_supervised_child_goes_on_from_its_parent(parent: Path, tmp_path: Path) -> None:
    fresh = [chat("What is the wifi called?", "It is called Greenhouse.")]
    child = fit_small(tmp_path, fresh, parent=parent)
    model = small().load(child)
    assert said(model, fresh[0]["messages"][:-1]) == "It is called Greenhouse."
    old = support_rows(20)[2]["messages"]
    assert said(model, old[:-1]) == old[-1]["content"]
    before, after = read_model(parent), read_model(child)
    assert before.tokenizer.merges == after.tokenizer.merges
    assert np.abs(before.weights["speak"] - after.weights["speak"]).max() < 0.5


def test_a_child_of_a_parent_without_memory_remembers_its_own_rows(tmp_path: Path) -> None:
    parent = fit_small(tmp_path / "parent", ROWS, memory=False)
    model = small().load(fit_small(tmp_path / "child", ROWS[:2], parent=parent))
    assert len(model.memory) == 2
