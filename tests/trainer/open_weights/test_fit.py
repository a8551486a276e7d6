"""Real fine-tuning of a tiny base, where ftops[train] is installed (`make check-train`)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="make check-train installs ftops[train]")

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from ftops.trainer.recipes.contract import Options, Row, Wish
from ftops.trainer.recipes.open_weights.base import BaseError
from ftops.trainer.recipes.open_weights.labels import MASKED, lesson
from ftops.trainer.recipes.open_weights.merging import merge
from ftops.trainer.recipes.open_weights.recipe import OpenWeightsRecipe
from ftops.trainer.recipes.open_weights.states import described_base
from tests.trainer.open_weights.school import KNOWN, NEW, Ear, a_task, fitted, stopped

pytestmark = pytest.mark.train
PAIRS: list[Row] = [
    {
        "input": {"messages": row["messages"][:-1]},
        "preferred_output": [{"role": "assistant", "content": row["messages"][-1]["content"]}],
        "non_preferred_output": [{"role": "assistant", "content": "No idea, ask somebody else."}],
    }
    for row in KNOWN[:16]
]


def test_the_loss_falls_and_every_epoch_leaves_a_checkpoint(base: Path, tmp_path: Path) -> None:
    ear = Ear()
    options = Options(method="supervised", n_epochs=4, seed=1)
    model_dir = fitted(a_task(base, tmp_path, options=options, validation=NEW[:6]), ear)
    assert ear.was_resolved is not None
    assert [one.step for one in ear.steps] == list(range(1, ear.was_resolved.steps + 1))
    assert ear.steps[-1].train_loss < 0.5 * ear.steps[0].train_loss
    ends = [one for one in ear.steps if one.full_valid_loss is not None]
    assert [one.epoch for one in ends] == [1, 2, 3, 4]
    assert (ends[-1].full_valid_loss or 0) < (ends[0].full_valid_loss or 0)
    assert len(ear.checkpoints) == 4
    kept = sorted(each.name for each in model_dir.parent.iterdir())
    assert len(kept) == 3, "the last three can be asked"
    assert model_dir == ear.checkpoints[-1]
    assert {"adapter_config.json", "adapter_model.safetensors", "ftops.json"} <= {
        each.name for each in model_dir.iterdir()
    }
    assert described_base(model_dir).source == str(base)


def test_a_pause_leaves_the_same_weights_as_none(base: Path, tmp_path: Path) -> None:
    whole = fitted(a_task(base, tmp_path / "whole"), Ear())
    task = a_task(base, tmp_path / "parts")
    first = Ear(Wish.PAUSE, after=3)
    assert stopped(task, first) is Wish.PAUSE
    assert [one.step for one in first.steps] == [1, 2, 3]
    second = Ear()
    resumed = fitted(task, second)
    assert second.steps[0].step == 4
    ours, theirs = (load_file(each / "adapter_model.safetensors") for each in (whole, resumed))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_cancelled_fit_stops_at_the_next_step(base: Path, tmp_path: Path) -> None:
    ear = Ear(Wish.CANCEL, after=2)
    assert stopped(a_task(base, tmp_path), ear) is Wish.CANCEL
    assert [one.step for one in ear.steps] == [1, 2]
    assert not list((tmp_path / "states").glob("checkpoint-*"))


def test_a_finished_fit_started_again_only_tells_its_model(base: Path, tmp_path: Path) -> None:
    task = a_task(base, tmp_path, rows=NEW[:8])
    before, ear = fitted(task, Ear()), Ear()
    assert fitted(task, ear) == before
    assert not ear.steps
    assert ear.checkpoints == [before]


def test_an_unlearned_answer_has_no_gradient(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    row: Row = {
        "messages": [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Never say this", "weight": 0},
            {"role": "user", "content": "Again"},
            {"role": "assistant", "content": "Say this"},
        ]
    }
    one = lesson(row, tokenizer, 512)
    learned = [token for token, label in zip(one.ids, one.labels, strict=True) if label != MASKED]
    assert tokenizer.decode(learned) == "Say this<|im_end|>"
    model = AutoModelForCausalLM.from_pretrained(base)
    logits = model(input_ids=torch.tensor([one.ids])).logits
    logits.retain_grad()
    torch.nn.functional.cross_entropy(
        logits[0, :-1], torch.tensor(one.labels[1:]), ignore_index=MASKED
    ).backward()
    has_gradient = logits.grad[0, :-1].abs().sum(dim=-1) > 0
    assert has_gradient.tolist() == [label != MASKED for label in one.labels[1:]]


def test_the_preferred_answers_margin_grows(base: Path, tmp_path: Path) -> None:
    ear = Ear()
    options = Options(method="dpo", n_epochs=3, seed=1, beta=0.1)
    task = a_task(base, tmp_path, rows=PAIRS, options=options, learning_rate=1e-3)
    fitted(replace(task, validation=PAIRS[:4]), ear)
    first, last = ear.steps[0], ear.steps[-1]
    assert first.train_loss == pytest.approx(0.6931, abs=1e-3), "no margin yet: log 2"
    assert last.train_loss < 0.3
    assert last.train_mean_token_accuracy == 1.0, "every preferred answer is the likelier one"
    assert ear.was_resolved is not None
    assert ear.was_resolved.beta == 0.1


def test_an_adapter_is_merged_into_a_model_of_its_own(base: Path, tmp_path: Path) -> None:
    model_dir = fitted(a_task(base, tmp_path / "work", rows=NEW[:8]), Ear())
    merge(model_dir, tmp_path / "merged")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    tuned = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), str(model_dir))
    tokens = AutoTokenizer.from_pretrained(tmp_path / "merged")("Hello", return_tensors="pt")
    with torch.inference_mode():
        assert torch.allclose(merged(**tokens).logits, tuned(**tokens).logits, atol=1e-4)


def test_a_model_is_trained_further(base: Path, tmp_path: Path) -> None:
    parent = fitted(a_task(base, tmp_path / "first"), Ear())
    fresh, further = Ear(), Ear()
    fitted(a_task(base, tmp_path / "fresh"), fresh)
    fitted(replace(a_task(base, tmp_path / "further"), parent=parent), further)
    assert further.steps[0].train_loss < 0.7 * fresh.steps[0].train_loss


def test_all_weights_can_be_trained(base: Path, tmp_path: Path) -> None:
    ear = Ear()
    model_dir = fitted(a_task(base, tmp_path, tuning="full", learning_rate=1e-3), ear)
    assert ear.steps[-1].train_loss < 0.7 * ear.steps[0].train_loss
    assert (model_dir / "model.safetensors").exists()
    assert not (model_dir / "optimizer.pt").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"max_length": 16}, "no row teaches anything", id="rows that do not fit"),
        pytest.param({"source": "/nowhere/at-all"}, "cannot be loaded", id="no such folder"),
    ],
)
def test_what_cannot_be_trained_is_said(
    base: Path, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(BaseError, match=words):
        OpenWeightsRecipe().fit(a_task(base, tmp_path, **changes), Ear())
