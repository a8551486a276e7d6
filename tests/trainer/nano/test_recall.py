"""The recipe at its real size: what a newcomer's sixty rows cost and give."""

import time
from pathlib import Path

import numpy as np

from ftops.trainer.recipes.nano.recipe import NanoRecipe
from tests.trainer.nano.school import GREEDY, Diary, fitted, said, support_rows, task

ROWS = support_rows()


def test_sixty_rows_are_learned_by_heart_even_by_the_weights_alone(tmp_path: Path) -> None:
    recipe, diary = NanoRecipe(), Diary()
    begun = time.process_time()
    model_dir = fitted(recipe.fit(task(tmp_path, ROWS, seed=42), diary))
    spent = time.process_time() - begun
    assert [len(ROWS), diary.told[0].steps] == [60, 45]
    model, alone = recipe.load(model_dir), recipe.load(model_dir, memory=False)
    hits = [
        (said(one, row["messages"][:-1]) == row["messages"][-1]["content"])
        for one in (model, alone)
        for row in ROWS
    ]
    assert all(hits[:60])
    assert np.mean(hits[60:]) >= 0.9
    epochs = [step.train_lm_loss or 0.0 for step in diary.steps[14::15]]
    assert (diary.steps[0].train_lm_loss or 0.0) > 2 * epochs[0] > 4 * epochs[1] > 0
    assert epochs[2] < 0.1
    assert spent < 60, "three times the usual on a slow machine"
    begun, drawn = time.process_time(), 0
    for row in ROWS[:20]:
        answer = model.answer(row["messages"][:-1], GREEDY)
        drawn += len(list(answer))
    assert drawn / (time.process_time() - begun) > 250, "half of what is promised"
