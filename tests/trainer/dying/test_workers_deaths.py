"""A worker dies or meets a full disk at every single effect: what it reported as saved is there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftops.trainer.recipes.open_weights.states import described_base, newest_state
from ftops.trainer.running.attempt_folder import DISK_FULL, AttemptFolder, Order
from tests.reliability.zygote.failpoints import How
from tests.trainer.dying.lives import BASE
from tests.trainer.dying.sweep import EPOCHS, Mortal, mortal
from tests.trainer.rows import chat_rows

EVERY = (How.KILL, How.TORN, How.ENOSPC)
RECIPES = {
    "nano": "tests.trainer.dying.lives:tiny",
    "counting": "tests.trainer.counting_recipe:CountingRecipe",
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Mortal]:
    with mortal("tests.trainer.dying.lives:one_try") as ready:
        yield ready


def a_try(root: Path, number: int, recipe: str) -> AttemptFolder:
    rows = root / "rows.jsonl"
    rows.parent.mkdir(exist_ok=True)
    rows.write_bytes(chat_rows(6))
    folder = AttemptFolder(root / f"try-{number}")
    folder.write_order(
        Order(
            job_id="ftjob-1",
            recipe="ftops-nano",
            recipe_at=RECIPES[recipe],
            method="supervised",
            hyperparameters={"n_epochs": EPOCHS, "batch_size": 6},
            seed=1,
            training_file=rows,
            validation_file=None,
            work=root / "work",
            parent=None,
        )
    )
    return folder


def told(folder: AttemptFolder, kind: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in folder.lines_after(0)[0]]
    return [line for line in lines if line["kind"] == kind]


def content(folder: Path) -> dict[str, bytes]:
    return {
        each.name: each.read_bytes() for each in folder.iterdir() if not each.name.startswith(".")
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_worker_told_survives_it(tmp_path: Path, worker: Mortal, recipe: str) -> None:
    def made(name: str) -> Path:
        return a_try(tmp_path / name, 1, recipe).path.parent

    checked = 0
    reference: dict[int, dict[str, bytes]] = {}
    for root in worker.deaths(made, EVERY):
        first = AttemptFolder(root / "try-1")
        result = first.result()
        assert result is None or result.model_dir or result.stopped == DISK_FULL
        saved = told(first, "checkpoint")
        for line in saved[-3:]:
            found = content(Path(line["model_dir"]))
            assert found == reference.setdefault(line["step"], found), root.name
        second = a_try(root, 2, recipe)
        assert worker.live(root).status == 0
        ended = second.result()
        assert ended is not None
        assert ended.model_dir is not None
        assert ended.model_dir.name == "step-4"
        steps = {line["step"] for each in (first, second) for line in told(each, "step")}
        assert steps == {1, 2, 3, 4}, root.name
        assert content(ended.model_dir) == content(tmp_path / "whole/work/checkpoints/step-4")
        checked += 1
    assert checked > 50


def test_an_open_model_s_states_and_checkpoints_survive(tmp_path: Path) -> None:
    def made(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    with mortal("tests.trainer.dying.lives:saving") as keeper:
        for root in keeper.deaths(made, EVERY):
            for name in reported(root)[-3:]:
                assert is_whole(root / "checkpoints" / name), root.name
            before = newest_state(root)
            assert before is None or before.metrics.step >= len(set(reported(root)))
            assert keeper.live(root).status == 0
            kept = {each.name: is_whole(each) for each in (root / "checkpoints").glob("step-*")}
            assert kept == {"step-2": True, "step-3": True, "step-4": True}, root.name


def reported(root: Path) -> list[str]:
    """Say of which checkpoints a whole line tells."""
    told = root / "reported"
    text = told.read_text("utf-8") if told.exists() else ""
    return text[: text.rfind("\n") + 1].split()


def is_whole(checkpoint: Path) -> bool:
    step = checkpoint.name.removeprefix("step-")
    told = content(checkpoint)
    weights = told["adapter_model.safetensors"].decode()
    return weights == f"adapter_model.safetensors of {step}" and described_base(checkpoint) == BASE
