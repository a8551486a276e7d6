from pathlib import Path

import pytest

from ftops.trainer.checkpoints import drop_old_checkpoints
from ftops.trainer.recipes.contract import StepMetrics
from ftops.trainer.recipes.open_weights.base import Base
from ftops.trainer.recipes.open_weights.states import (
    described_base,
    keep_checkpoint,
    newest_state,
    seal,
    states_folder,
)

SERVED = ("adapter_config.json", "adapter_model.safetensors")
BASE = Base(source="/models/tiny")


def measured(step: int) -> StepMetrics:
    return StepMetrics(
        step=step, total_steps=9, epoch=1, train_loss=0.5, train_mean_token_accuracy=0.9
    )


def a_state(work: Path, step: int, *, is_sealed: bool = True) -> Path:
    folder = states_folder(work) / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    for name in (
        "adapter_config.json",
        "adapter_model.safetensors",
        "optimizer.pt",
        "rng_state.pth",
    ):
        (folder / name).write_text(f"{name} of {step}")
    if is_sealed:
        seal(folder, measured(step))
    return folder


def test_the_newest_whole_state_is_found_and_half_ones_are_dropped(tmp_path: Path) -> None:
    a_state(tmp_path, 9)
    newest = a_state(tmp_path, 10)
    half = a_state(tmp_path, 11, is_sealed=False)
    found = newest_state(tmp_path)
    assert found is not None
    assert (found.path, found.metrics) == (newest, measured(10))
    assert not half.exists()


@pytest.mark.parametrize(
    "seal_text",
    [
        pytest.param("", id="empty"),
        pytest.param('{"step": 3}', id="of another shape"),
        pytest.param("{", id="torn"),
    ],
)
def test_a_damaged_seal_is_not_believed(tmp_path: Path, seal_text: str) -> None:
    folder = a_state(tmp_path, 3, is_sealed=False)
    (folder / "whole.json").write_text(seal_text)
    assert newest_state(tmp_path) is None
    assert not folder.exists()


def test_nothing_is_resumed_where_nothing_was(tmp_path: Path) -> None:
    assert newest_state(tmp_path) is None


def test_a_checkpoint_holds_what_answers_and_says_its_base(tmp_path: Path) -> None:
    kept = keep_checkpoint(a_state(tmp_path, 3), tmp_path, 3, BASE)
    assert {each.name for each in kept.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "ftops.json",
    }
    assert described_base(kept) == BASE


def test_the_last_three_checkpoints_are_kept(tmp_path: Path) -> None:
    for step in (9, 10, 100, 20):
        keep_checkpoint(a_state(tmp_path, step), tmp_path, step, BASE)
        drop_old_checkpoints(tmp_path)
    left = {each.name for each in (tmp_path / "checkpoints").iterdir()}
    assert left == {"step-10", "step-20", "step-100"}


def test_a_checkpoint_kept_before_is_left_as_it_is(tmp_path: Path) -> None:
    state = a_state(tmp_path, 3)
    kept = keep_checkpoint(state, tmp_path, 3, BASE)
    (state / "adapter_model.safetensors").write_text("changed")
    assert keep_checkpoint(state, tmp_path, 3, BASE) == kept
    assert (kept / "adapter_model.safetensors").read_text() == "adapter_model.safetensors of 3"
